import type { StateCount } from "#domain/endpoint/overview.ts";

const WORSE: readonly StateCount["state"][] = ["Failing", "Degraded", "Unknown"];

/** The one sentence at the top: "1 of 12 endpoints is failing: credit-score, since 02:51". There is at least one. */
export function overviewSentence(counts: readonly StateCount[], clock: (at: string) => string): string {
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  const noun = all === 1 ? "endpoint" : "endpoints";
  const [worst, ...rest] = WORSE.flatMap((state) => counts.filter((one) => one.state === state));
  if (worst !== undefined) {
    const { count, longest } = worst;
    const since = longest.since === null ? "" : `, since ${clock(longest.since)}`;
    const more = count === 1 ? "" : `${since === "" ? "" : ","} and ${count - 1} more`;
    const also = rest.map((other) => `${other.count} ${other.state.toLowerCase()}`).join(", ");
    const head = all === 1 ? "The only endpoint" : `${count} of ${all} ${noun}`;
    const verb = all === 1 || count === 1 ? "is" : "are";
    return `${head} ${verb} ${worst.state.toLowerCase()}: ${longest.name}${since}${more}${also === "" ? "" : `; ${also}`}.`;
  }
  const deploying = counts.find(({ state }) => state === "Deploying")?.count ?? 0;
  if (deploying > 0) {
    const rest = all - deploying;
    const healthy = rest === 0 ? "" : `, ${rest} ${rest === 1 ? "is" : "are"} healthy`;
    return `${deploying} of ${all} ${noun} ${deploying === 1 ? "is" : "are"} deploying${healthy}.`;
  }
  return all === 1
    ? `The only endpoint, ${counts[0]?.longest.name ?? ""}, is healthy.`
    : `All ${all} endpoints are healthy.`;
}
