import { type Cluster, ClusterError, isClusterError } from "#server/ports/cluster.ts";

/** So many requests in a row without an answer, and the next ones are not sent. */
const FAILURES_MAX = 3;
/** For so long; then one is sent to see. */
const REST_MS = 1_000;
/** So many requests that wait for so long, and nothing was answered meanwhile: that is no answer either. */
const SILENCE_MS = 2_000;

const away = () => new ClusterError("away", "the cluster has not answered lately, and is asked again in a moment");

type Call = Readonly<{ began: number; giveUp(): void }>;

/**
 * Requests to a cluster that does not answer fail at once with `away`, but for one now and then: the worker's hands are
 * few, and those that wait for one cluster are missing at the others. Of those that wait for one that took them and says
 * nothing, the oldest alone goes on waiting: it learns why. Watches supervise themselves, and `identify` is what looks.
 */
export function failFast(cluster: Cluster, now: () => number = () => performance.now()): Cluster {
  const calls = new Set<Call>();
  let failures = 0;
  let restUntil = 0;
  let answeredAt = Number.NEGATIVE_INFINITY;
  let trying = false;

  const giveUpSilent = () => {
    const silent = [...calls].filter(({ began }) => now() - Math.max(began, answeredAt) >= SILENCE_MS);
    if (silent.length >= FAILURES_MAX) for (const call of silent.slice(1)) call.giveUp();
  };
  const answered = async <T>(work: () => Promise<T>): Promise<T> => {
    const silence = Promise.withResolvers<never>();
    const call: Call = { began: now(), giveUp: () => silence.reject(away()) };
    calls.add(call);
    const timer = setInterval(giveUpSilent, SILENCE_MS);
    try {
      return await Promise.race([work(), silence.promise]);
    } finally {
      clearInterval(timer);
      calls.delete(call);
    }
  };
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    const isTrial = failures >= FAILURES_MAX;
    if (isTrial && (trying || now() < restUntil)) throw away();
    if (isTrial) trying = true;
    try {
      const answer = await answered(work);
      failures = 0;
      answeredAt = now();
      return answer;
    } catch (error) {
      // A refusal is an answer.
      const isAway = isClusterError(error, "away");
      failures = isAway ? failures + 1 : 0;
      if (!isAway) answeredAt = now();
      restUntil = now() + REST_MS;
      throw error;
    } finally {
      if (isTrial) trying = false;
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
