import type { IncidentDetail } from "./incident-type.ts";

/** What to do, in order, for the target that was missed; nobody should have to think of it at night. */
export const runbookOf = ({ target, after }: Pick<IncidentDetail, "target" | "after">): readonly string[] =>
  // What was never served has nothing to go back to.
  target === null ? [...STEPS.none, LAST] : [rollbackStep(after), ...STEPS[target], LAST];

function rollbackStep(after: IncidentDetail["after"]): string {
  if (after === null)
    return "No change came shortly before it: rolling back helps only when an older revision does better on the chart.";
  if (after.plan === 1) return "Change #1 came before it, the first there was: there is nothing to roll back to.";
  return `Change #${after.plan} came before it. If that was minutes ago, roll back first and look for the reason afterwards: it takes about a second and can be undone.`;
}

const LAST =
  "Take it, and write down what you find: whoever looks next reads it here. If Slipway itself is away, docs/runbooks/rollback-without-slipway.md says how kubectl alone does it.";

const STEPS: Readonly<Record<NonNullable<IncidentDetail["target"]> | "none", readonly string[]>> = {
  errorRatioMax: [
    "One revision answers errors: its last error lines say why. All of them do: look at what they share, their input, their node, a Secret.",
    "One revision refuses (4xx) what another takes: its input is not the one that callers send. Compare the signatures of the two versions, or try a caller's request at it.",
    "Errors without a line in the log come from the router: no ready pod, or a deadline.",
  ],
  latencyMsP99Max: [
    "One revision is slow: it lacks CPU (see its chart) or its model is heavier; give it more replicas or CPU.",
    "All are slow, and requests rose: scale out. All are slow at the same load: look at their nodes.",
  ],
  readyPodsMin: [
    "Read why its pods are not ready: the sentence there ends with what mends it.",
    "Pods that wait for a node need room: fewer replicas, smaller requests, or another node.",
  ],
  none: ["Nothing was ever served here: no caller is hurt yet. Read why its first pods did not get ready."],
};
