import type { WorkerContext } from "#worker/runtime/context.ts";
import { parseKey } from "#worker/runtime/keys.ts";
import type { Outcome, Reason } from "#worker/runtime/queue.ts";
import { reconcileArtifact } from "./artifact.ts";
import { reconcileCluster } from "./cluster.ts";
import { reconcileEndpoint } from "./endpoint.ts";
import type { Run } from "./ensure.ts";
import { reconcileEnvironment } from "./environment.ts";

/** Reconciles one key and counts it. Throws what the reconciler threw. */
export async function reconcile(ctx: WorkerContext, key: string, reasons: ReadonlySet<Reason>): Promise<Outcome> {
  const work = parseKey(key);
  const run: Run = { ...ctx, tally: { writes: 0 } };
  const end = ctx.metrics.seconds.startTimer({ kind: work.kind });
  let result = "failed";
  try {
    const outcome = await reconcileOne(run, work);
    result = "done";
    return outcome;
  } finally {
    end();
    ctx.metrics.reconciles.inc({ kind: work.kind, result });
    const onlyLooked = reasons.size === 1 && reasons.has("resync");
    if (onlyLooked && run.tally.writes > 0) ctx.metrics.resyncCorrections.inc(run.tally.writes);
  }
}

function reconcileOne(run: Run, work: ReturnType<typeof parseKey>): Promise<Outcome> {
  switch (work.kind) {
    case "cluster":
      return reconcileCluster(run, work.id);
    case "endpoint":
      return reconcileEndpoint(run, work.uid);
    case "environment":
      return reconcileEnvironment(run, work.id);
    case "artifact":
      return reconcileArtifact(run, work.environmentId, work.digest);
  }
}
