import type { HealthState } from "#domain/endpoint/health.ts";

type Endpoint = Readonly<{ name: string; health: Readonly<{ state: HealthState; since: string | null }> }>;

const WORSE: readonly HealthState[] = ["Failing", "Degraded", "Unknown"];

/** The one sentence at the top: "1 of 12 endpoints is failing: credit-score, since 02:51". */
export function overviewSentence(endpoints: readonly Endpoint[], clock: (at: string) => string): string {
  const all = endpoints.length;
  const inState = (state: HealthState) => endpoints.filter(({ health }) => health.state === state);
  const noun = all === 1 ? "endpoint" : "endpoints";
  const bad = WORSE.map((state) => ({ state, those: inState(state) })).filter(({ those }) => those.length > 0);
  const [worst, ...rest] = bad;
  if (worst !== undefined) {
    const [first, ...others] = worst.those.toSorted((a, b) =>
      (a.health.since ?? "").localeCompare(b.health.since ?? ""),
    );
    const count = worst.those.length;
    const since = first?.health.since ? `, since ${clock(first.health.since)}` : "";
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    const also = rest.map(({ state, those }) => `${those.length} ${state.toLowerCase()}`).join(", ");
    const head = all === 1 ? "The only endpoint" : `${count} of ${all} ${noun}`;
    const verb = all === 1 || count === 1 ? "is" : "are";
    return `${head} ${verb} ${worst.state.toLowerCase()}: ${first?.name ?? ""}${since}${more}${also === "" ? "" : `; ${also}`}.`;
  }
  const deploying = inState("Deploying").length;
  if (deploying > 0) {
    const rest = all - deploying;
    const healthy = rest === 0 ? "" : `, ${rest} ${rest === 1 ? "is" : "are"} healthy`;
    return `${deploying} of ${all} ${noun} ${deploying === 1 ? "is" : "are"} deploying${healthy}.`;
  }
  return all === 1
    ? `The only endpoint, ${endpoints[0]?.name ?? ""}, is healthy.`
    : `All ${all} endpoints are healthy.`;
}
