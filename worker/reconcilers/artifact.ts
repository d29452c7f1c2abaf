import { ARTIFACTS_NAME, COMPONENT, LABEL, POD_PORT } from "#domain/shared/cluster-names.ts";
import type { ArtifactStore } from "#server/ports/artifact-plane.ts";
import { endpointKey } from "#worker/runtime/keys.ts";
import type { Outcome } from "#worker/runtime/queue.ts";
import type { Scope } from "#worker/runtime/scope.ts";
import type { Run } from "./ensure.ts";
import { readyAddresses } from "./observe.ts";
import { artifactTokens } from "./render.ts";

const NOTHING_TO_DO: Outcome = { againInMs: null };

/**
 * Brings one artifact into an environment's store, once its pod is ready, and wakes the endpoints that wait for it.
 * A key of its own, so that a large upload holds up no rollback. Throws what the store or the file system said.
 */
export async function reconcileArtifact(run: Run, environmentId: string, digest: string): Promise<Outcome> {
  const scope = run.scopes.of(environmentId);
  const store = scope === null ? null : storeOf(run, scope);
  // Its pod's readiness wakes whoever waits.
  if (store === null) {
    settle(run, environmentId, digest, "The environment's artifact store is not ready yet.");
    return NOTHING_TO_DO;
  }
  try {
    await bring(run, store, digest);
    settle(run, environmentId, digest, null);
    return NOTHING_TO_DO;
  } catch (error) {
    settle(run, environmentId, digest, error instanceof Error ? error.message : String(error));
    throw error;
  }
}

async function bring(run: Run, store: ArtifactStore, digest: string): Promise<void> {
  if (await run.plane.has(store, digest)) return;
  const file = await run.artifacts.find(digest);
  if (file === null) throw new Error(`the file of ${digest} is missing from the artifact folder`);
  run.failpoint("before-artifact-upload");
  await run.plane.put(store, digest, file);
  run.failpoint("after-artifact-upload");
}

/** Waiters stay on the list while it is absent, so that they hear of a change of the reason too. */
function settle(run: Run, environmentId: string, digest: string, why: string | null): void {
  const before = run.presence.of(environmentId, digest);
  run.presence.set(environmentId, digest, why === null ? { kind: "present" } : { kind: "absent", why });
  if (before.kind === "absent" && before.why === why) return;
  for (const uid of run.presence.takeWaiting(environmentId, digest)) run.queue.add(endpointKey(uid), "event");
}

/** By its pod's address: the worker is no pod and has no cluster DNS. Null: no ready pod. */
export function storeOf(run: Run, scope: Scope): ArtifactStore | null {
  const slices = scope.views.slices.labelled(LABEL.component, COMPONENT.artifacts);
  const [address] = readyAddresses(slices, ARTIFACTS_NAME);
  if (address === undefined) return null;
  const host = address.includes(":") ? `[${address}]` : address;
  const { writeToken } = artifactTokens(run.secretKey, scope.environmentId);
  return { baseUrl: `http://${host}:${POD_PORT}`, writeToken };
}
