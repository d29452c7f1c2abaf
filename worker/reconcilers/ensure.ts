import { LABEL } from "#domain/shared/cluster-names.ts";
import { ownedFieldsDiffer } from "#k8s/manifests/differ.ts";
import type { Manifest } from "#k8s/manifests/manifest.ts";
import { type ClusterObject, isClusterError, type ObjectRef } from "#server/ports/cluster.ts";
import type { WorkerContext } from "#worker/runtime/context.ts";
import type { Scope } from "#worker/runtime/scope.ts";

/** One reconcile's context; `tally` counts what it wrote to the cluster. */
export type Run = WorkerContext & Readonly<{ tally: { writes: number } }>;

export type Ensured =
  | { kind: "same"; object: ClusterObject }
  /** `conflict`: another manager had set fields of ours otherwise; they are ours again. */
  | { kind: "written"; object: ClusterObject; conflict: string | null }
  /** Somebody else's object has the name: nothing was touched. */
  | { kind: "foreign"; why: string };

export const refOf = (object: Manifest | ClusterObject): ObjectRef => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  name: object.metadata.name,
  ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
});

/** From our copy; where there is none, or it lacks the object, from the cluster: it does not show others' objects. */
export async function findLive(scope: Scope, ref: ObjectRef): Promise<ClusterObject | null> {
  return scope.find(ref) ?? (await scope.cluster.get(ref));
}

/**
 * Makes an object as rendered, writing only when a field we own differs. `live` is what is there, when known.
 * Throws ClusterError.
 */
export async function ensureObject(
  run: Run,
  scope: Scope,
  manifest: Manifest,
  live?: ClusterObject | null,
): Promise<Ensured> {
  const found = live === undefined ? await findLive(scope, refOf(manifest)) : live;
  if (found !== null) {
    const why = whyNotOurs(manifest, found);
    if (why !== null) return { kind: "foreign", why };
    if (!ownedFieldsDiffer(manifest, found)) return { kind: "same", object: found };
  }
  return { kind: "written", ...(await write(run, scope, manifest)) };
}

/** Null when the live object is this installation's and this endpoint's. */
export function whyNotOurs(manifest: Manifest, live: ClusterObject): string | null {
  const what = `${live.kind} ${live.metadata.name}`;
  const labels = live.metadata.labels ?? {};
  const installation = labels[LABEL.installation];
  if (installation === undefined) return `${what} is there already and was not made by Slipway.`;
  if (installation !== manifest.metadata.labels[LABEL.installation])
    return `${what} belongs to another Slipway installation, ${installation}.`;
  if (labels[LABEL.endpointUid] !== manifest.metadata.labels[LABEL.endpointUid])
    return `${what} still belongs to a deleted endpoint of the same name.`;
  if (live.metadata.deletionTimestamp !== undefined) return `${what} is just being removed.`;
  return null;
}

/** Without force first, so that we learn of the manager we take a field back from. */
async function write(
  run: Run,
  scope: Scope,
  manifest: Manifest,
): Promise<{ object: ClusterObject; conflict: string | null }> {
  run.tally.writes += 1;
  run.metrics.clusterWrites.inc({ kind: manifest.kind });
  try {
    return { object: await scope.cluster.apply(manifest), conflict: null };
  } catch (error) {
    if (!isClusterError(error, "field_conflict")) throw error;
    const conflict = `${manifest.kind} ${manifest.metadata.name}: ${error.fields.join("; ") || error.message}`;
    run.log.warn({ conflict }, "took fields back from another manager");
    return { object: await scope.cluster.apply(manifest, { force: true }), conflict };
  }
}
