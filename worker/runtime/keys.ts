/** Keys of the queue. */
export type WorkKey =
  | { kind: "cluster"; id: string }
  | { kind: "endpoint"; uid: string }
  | { kind: "environment"; id: string }
  | { kind: "artifact"; environmentId: string; digest: string };

export const clusterKey = (id: string) => `cluster/${id}`;
export const endpointKey = (uid: string) => `endpoint/${uid}`;
export const environmentKey = (id: string) => `environment/${id}`;
export const artifactKey = (environmentId: string, digest: string) => `artifact/${environmentId}/${digest}`;

export const isArtifactKey = (key: string) => key.startsWith("artifact/");

/** Throws an Error for what none of the above made. */
export function parseKey(key: string): WorkKey {
  const [kind, first, second] = key.split("/");
  if (kind === "cluster" && first !== undefined) return { kind, id: first };
  if (kind === "endpoint" && first !== undefined) return { kind, uid: first };
  if (kind === "environment" && first !== undefined) return { kind, id: first };
  if (kind === "artifact" && first !== undefined && second !== undefined)
    return { kind, environmentId: first, digest: second };
  throw new Error(`not a key: ${key}`);
}
