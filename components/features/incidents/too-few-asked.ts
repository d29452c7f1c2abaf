import type { IncidentDetail } from "./incident-type.ts";

type Pods = Readonly<{ readyReplicas: number; desiredReplicas: number }>;

const podWords = (count: number): string => `${count} ${count === 1 ? "pod" : "pods"}`;

/** All pods are there, and the target wants more than a revision is to have: no pod is to blame then. Else null. */
export function tooFewAsked(
  { target, threshold }: Pick<IncidentDetail, "target" | "threshold">,
  { readyReplicas, desiredReplicas }: Pods,
): string | null {
  if (target !== "readyPodsMin" || threshold === null) return null;
  if (readyReplicas < desiredReplicas || desiredReplicas >= threshold) return null;
  return `It is meant to have ${podWords(desiredReplicas)}, and the target asks for ${threshold}.`;
}
