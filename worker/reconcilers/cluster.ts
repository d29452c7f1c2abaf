import { connectCluster } from "#server/adapters/kubernetes/cluster.ts";
import { openAccess } from "#server/db/cluster-access.ts";
import { type ClusterState, loadCluster, recordAnswer, reportCluster } from "#server/db/reconcile/cluster-state.ts";
import { conditionDiffers } from "#server/db/reconcile/conditions.ts";
import { VaultError } from "#server/db/vault.ts";
import { type Cluster, type ClusterIdentity, isClusterError } from "#server/ports/cluster.ts";
import { environmentKey } from "#worker/runtime/keys.ts";
import type { Outcome } from "#worker/runtime/queue.ts";
import type { Run } from "./ensure.ts";

const DONE: Outcome = { againInMs: null };
/** An answer is as old as this at most, or the cluster is away. */
const LOOK: Outcome = { againInMs: 15_000 };
/** What is wrong with credentials is put right by people. */
const LATER: Outcome = { againInMs: 60_000 };

/**
 * Connects to a cluster, to one whose credentials have changed anew, and finds out whether it answers. Changed
 * credentials are used only after they were seen to lead where the earlier ones did: what runs there is not made a
 * second time elsewhere.
 */
export async function reconcileCluster(run: Run, id: string): Promise<Outcome> {
  const state = await loadCluster(run.db, id);
  if (state === null || state.removedAt !== null) {
    disconnect(run, id);
    return DONE;
  }
  if (run.clusters.generationOf(id) !== state.generation) disconnect(run, id);
  const connected = run.clusters.of(id);
  let cluster: Cluster;
  try {
    cluster = connected ?? (await connect(run, state));
  } catch (error) {
    const reason = error instanceof VaultError ? "CredentialsUnreadable" : "CredentialsUnusable";
    await report(run, state, "False", reason, `Its credentials cannot be used: ${wordsOf(error)}.`);
    return LATER;
  }
  const isProven = state.source === "ambient" || state.status?.clusterUid == null || isSeen(state);
  if (connected === null && isProven) begin(run, state, cluster);
  try {
    const identity = await cluster.identify();
    if (
      !isProven &&
      identity.uid !== null &&
      identity.uid !== state.status?.clusterUid &&
      state.environments.length > 0
    ) {
      cluster.close();
      await report(run, state, "False", "AnotherCluster", ANOTHER);
      return LATER;
    }
    await recordAnswer(run.db, state, { ...identity, clusterUid: identity.uid });
    await report(run, state, "True", "Answers", answerWords(identity));
    if (run.clusters.of(id) === null) begin(run, state, cluster);
  } catch (error) {
    if (!isClusterError(error)) throw error;
    if (run.clusters.of(id) === null) cluster.close();
    const reason = isClusterError(error, "unauthorized") ? "CredentialsRefused" : "NoAnswer";
    await report(run, state, "False", reason, wordsOf(error));
  }
  return LOOK;
}

const ANOTHER =
  "These credentials lead to another cluster than the earlier ones. What runs in its environments was not made by " +
  "Slipway there, so nothing is done: give credentials of the same cluster, or add this one under a name of its own.";

const isSeen = ({ status, generation }: ClusterState) => status?.observedGeneration === generation;

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const answerWords = ({ version, userName }: ClusterIdentity) =>
  userName === null ? `Kubernetes ${version}.` : `Kubernetes ${version}, which takes Slipway for ${userName}.`;

function connect(run: Run, { id, source, sealedAccess }: ClusterState): Promise<Cluster> {
  const target = source === "ambient" ? run.ambient : { access: openAccess(run.vault, id, sealedAccess ?? "") };
  return connectCluster(target, run.fieldManager);
}

/** From now on its environments are looked after. */
function begin(run: Run, { id, generation, environments }: ClusterState, cluster: Cluster): void {
  run.clusters.set(id, generation, cluster);
  for (const environment of environments) run.queue.add(environmentKey(environment), "event");
}

function disconnect(run: Run, id: string): void {
  run.scopes.closeCluster(id);
  run.clusters.drop(id);
}

async function report(
  run: Run,
  state: ClusterState,
  status: "True" | "False",
  reason: string,
  message: string,
): Promise<void> {
  const condition = { type: "Reachable", status, reason, message, observedGeneration: state.generation };
  const before = state.conditions.find(({ type }) => type === condition.type);
  if (!conditionDiffers(before, condition)) return;
  run.metrics.statusWrites.inc();
  await reportCluster(run.db, state.id, condition);
  // What is said of them says why their cluster is away.
  if (before?.status !== status) for (const id of state.environments) run.queue.add(environmentKey(id), "event");
}
