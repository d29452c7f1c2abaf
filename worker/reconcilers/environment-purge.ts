import { LABEL } from "#domain/shared/cluster-names.ts";
import type { Manifest } from "#k8s/manifests/manifest.ts";
import { type EnvironmentState, reportPurged } from "#server/db/reconcile/environment-state.ts";
import type { Outcome } from "#worker/runtime/queue.ts";
import type { Scope } from "#worker/runtime/scope.ts";
import { type Run, refOf, whyNotOurs } from "./ensure.ts";

const AGAIN_MS = 1_000;

/**
 * Takes away what was made for an environment, each object after a fresh read of whose it is; the namespace and its
 * rights are an administrator's. Its row says so once nothing is left. Throws ClusterError.
 */
export async function purgeEnvironment(
  run: Run,
  scope: Scope,
  state: EnvironmentState,
  manifests: readonly Manifest[],
): Promise<Outcome> {
  let left = 0;
  for (const manifest of manifests) {
    const live = await scope.cluster.get(refOf(manifest));
    if (live === null || live.metadata.labels?.[LABEL.installation] !== run.installationId) continue;
    left += 1;
    if (whyNotOurs(manifest, live) !== null) continue;
    run.tally.writes += 1;
    run.metrics.clusterWrites.inc({ kind: live.kind });
    await scope.cluster.delete(refOf(live), live.metadata.uid);
  }
  if (left > 0) return { againInMs: AGAIN_MS };
  await reportPurged(run.db, state.id);
  run.scopes.closeEnvironment(state.id);
  run.presence.forget(state.id);
  return { againInMs: null };
}
