export type Route =
  | { kind: "server" | "live" | "ready" | "started" | "metrics" | "unknown" }
  | { kind: "model" | "modelReady" | "infer"; model: string; version: string | undefined };

const METHODS = {
  server: ["GET", "HEAD"],
  live: ["GET", "HEAD"],
  ready: ["GET", "HEAD"],
  started: ["GET", "HEAD"],
  metrics: ["GET", "HEAD"],
  unknown: [],
  model: ["GET", "HEAD"],
  modelReady: ["GET", "HEAD"],
  infer: ["POST"],
} as const satisfies Record<Route["kind"], readonly string[]>;

export const methodsOf = ({ kind }: Route): readonly string[] => METHODS[kind];

const FIXED: ReadonlyMap<string, Route> = new Map([
  ["/v2", { kind: "server" }],
  ["/v2/", { kind: "server" }],
  ["/v2/health/live", { kind: "live" }],
  ["/v2/health/ready", { kind: "ready" }],
  ["/started", { kind: "started" }],
  ["/metrics", { kind: "metrics" }],
]);
const MODEL = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(?:\/(ready|infer))?\/?$/;

/** Which call of the Open Inference Protocol v2, or of what a pod needs beside it, a request's target is. */
export function routeOf(target: string): Route {
  const end = target.indexOf("?");
  const path = end === -1 ? target : target.slice(0, end);
  const fixed = FIXED.get(path);
  if (fixed !== undefined) return fixed;
  const match = MODEL.exec(path);
  const model = decoded(match?.[1]);
  if (model === undefined) return { kind: "unknown" };
  const kind = match?.[3] === "infer" ? "infer" : match?.[3] === "ready" ? "modelReady" : "model";
  return { kind, model, version: decoded(match?.[2]) };
}

function decoded(segment: string | undefined): string | undefined {
  if (segment === undefined) return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
