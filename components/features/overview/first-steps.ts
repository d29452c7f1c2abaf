import type { Overview } from "./overview-type.ts";

type Seen = Readonly<{
  total: number;
  timestamps: readonly string[];
  endpoints: readonly Pick<Overview["endpoints"][number], "requestsPerSecond">[];
  recentChanges: readonly Pick<Overview["recentChanges"][number], "number" | "decidedAt" | "entries">[];
}>;

export const isAsked = ({ endpoints }: Pick<Seen, "endpoints">): boolean =>
  endpoints.some(({ requestsPerSecond }) => requestsPerSecond?.some((value) => (value ?? 0) > 0));

/** Of all environments. Also true where it cannot be seen what was done before: nobody is asked for it a second time. */
export function isPastFirstSteps(seen: Seen): boolean {
  const { total, timestamps, endpoints, recentChanges } = seen;
  const oldest = recentChanges.at(-1);
  if (total > 1) return true;
  if (oldest === undefined) return false;
  const isSplit = recentChanges.some(
    ({ entries }) => entries.filter(({ role, weightPercent }) => role === "live" && weightPercent > 0).length > 1,
  );
  const isUnmeasured = endpoints.some(({ requestsPerSecond }) => requestsPerSecond === null);
  const isLongAgo = !isAsked(seen) && oldest.decidedAt < (timestamps[0] ?? "");
  return isSplit || isUnmeasured || isLongAgo || oldest.number > 1;
}
