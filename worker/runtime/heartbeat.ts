import { recordHeartbeat } from "#server/db/reconcile/environment-state.ts";
import type { WorkerContext } from "./context.ts";
import { clusterKey, environmentKey } from "./keys.ts";

const LOOK_MS = 1_000;
/** One small write per environment and beat: the only thing an idle worker writes. */
const BEAT_MS = 10_000;

type Known = { beatAt: number; error: string | null; synced: boolean };

/**
 * Keeps `observedAt` of each environment at the last moment its copies were proven current, and wakes the environment
 * when its cluster goes away or comes back.
 */
export function createHeartbeats(ctx: WorkerContext): { stop(): void } {
  const known = new Map<string, Known>();
  const look = () => {
    for (const scope of ctx.scopes.all()) {
      const id = scope.environmentId;
      const { synced, staleMs, error } = scope.fresh();
      const before = known.get(id) ?? { beatAt: Number.NEGATIVE_INFINITY, error: null, synced };
      const now = performance.now();
      // The reason alone changes with each attempt: only going and coming count.
      if ((before.error === null) !== (error === null) || before.synced !== synced)
        for (const key of [clusterKey(scope.clusterId), environmentKey(id)]) ctx.queue.add(key, "event");
      const isDue = synced && error === null && now - before.beatAt >= BEAT_MS;
      known.set(id, { beatAt: isDue ? now : before.beatAt, error, synced });
      if (!isDue) continue;
      recordHeartbeat(ctx.db, id, staleMs).then(
        (written) => {
          // Its row is made by the environment's first reconcile.
          if (!written) known.set(id, { beatAt: now - BEAT_MS + LOOK_MS, error, synced });
        },
        (cause: unknown) => ctx.log.warn({ err: cause }, "could not record a heartbeat"),
      );
    }
  };
  const timer = setInterval(look, LOOK_MS);
  return { stop: () => clearInterval(timer) };
}
