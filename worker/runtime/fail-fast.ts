import { type Cluster, ClusterError, isClusterError } from "#server/ports/cluster.ts";

/** So many requests in a row without an answer, and the next ones are not sent. */
const FAILURES_MAX = 3;
/** For so long; then one is sent to see. */
const REST_MS = 1_000;

/**
 * Requests to a cluster that does not answer fail at once with `away`, but for one now and then: the worker's hands are
 * few, and those that wait for one cluster are missing at the others. Watches supervise themselves, and `identify` is
 * what looks.
 */
export function failFast(cluster: Cluster, now: () => number = () => performance.now()): Cluster {
  let failures = 0;
  let restUntil = 0;
  let trying = false;
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (failures >= FAILURES_MAX) {
      if (trying || now() < restUntil)
        throw new ClusterError("away", "the cluster has not answered lately, and is asked again in a moment");
      trying = true;
    }
    try {
      const answer = await work();
      failures = 0;
      return answer;
    } catch (error) {
      // A refusal is an answer.
      failures = isClusterError(error, "away") ? failures + 1 : 0;
      restUntil = now() + REST_MS;
      throw error;
    } finally {
      trying = false;
    }
  };
  return {
    ...cluster,
    get: (ref) => guarded(() => cluster.get(ref)),
    list: (query) => guarded(() => cluster.list(query)),
    apply: (manifest, options) => guarded(() => cluster.apply(manifest, options)),
    scale: (ref, replicas) => guarded(() => cluster.scale(ref, replicas)),
    delete: (ref, uid) => guarded(() => cluster.delete(ref, uid)),
    serves: (kind) => guarded(() => cluster.serves(kind)),
    missingRights: (namespace, needed) => guarded(() => cluster.missingRights(namespace, needed)),
  };
}
