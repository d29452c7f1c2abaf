import { type DecidedPlan, type PlanEntryRecord, servingRevisions, soleRevision } from "#domain/traffic/plan-record.ts";

export type PlanHistory<Plan extends DecidedPlan = DecidedPlan> = Readonly<{
  /** All plans of one endpoint, in any order. */
  plans: readonly Plan[];
  /** Revisions that still exist. */
  revisions: ReadonlySet<number>;
  /** Plans known to have missed the endpoint's health targets. Silence is not a miss. */
  missedHealthTargets: ReadonlySet<number>;
}>;

export type RollbackChoice = Readonly<{
  plan: number;
  entries: readonly PlanEntryRecord[];
  /** Why it is not taken unless somebody names it; null when it would be. */
  refusedBecause: string | null;
}>;

export type RollbackTarget =
  | {
      kind: "target";
      plan: number;
      from: number;
      suspects: number[];
      /** What speaks against it, where somebody named it all the same; null: nothing. */
      against: string | null;
    }
  | { kind: "none"; why: string; choices: RollbackChoice[] };

/**
 * Which plan a rollback repeats (DESIGN section 7, "Rollback"). Without `toPlan`: the newest earlier plan that was
 * applied, serves no suspect, was not rolled back from and is not known to have missed its health targets. With it: that
 * very plan, if it was applied and its revisions exist, also when it was rolled back from (an undo).
 * `from` is the plan that is left: the newest, but for failed ones, which routers never got.
 */
export function chooseRollbackTarget(history: PlanHistory, toPlan?: number): RollbackTarget {
  const newestFirst = [...history.plans].sort((a, b) => b.number - a.number);
  const current = newestFirst.find((plan) => plan.state !== "failed");
  if (current === undefined) return { kind: "none", why: "Nothing was ever served here.", choices: [] };
  if (current.kind === "delete") return { kind: "none", why: "This endpoint is being deleted.", choices: [] };
  const earlier = newestFirst.filter((plan) => plan.number < current.number);
  const suspects = suspectsOf(current, earlier);
  const condemned = condemnedPlans(newestFirst.toReversed());
  const choices = earlier
    .filter((plan) => unusable(plan, history.revisions) === null)
    .map(({ number, entries }) => ({
      plan: number,
      entries,
      refusedBecause: refusal({ number, entries }, suspects, condemned, history.missedHealthTargets),
    }));
  const target =
    toPlan === undefined
      ? choices.find((choice) => choice.refusedBecause === null)
      : choices.find((choice) => choice.plan === toPlan);
  if (target !== undefined)
    return { kind: "target", plan: target.plan, from: current.number, suspects, against: target.refusedBecause };
  return { kind: "none", why: explain(history, current, toPlan), choices };
}

/**
 * Whether the whole ledger would choose what its newest plans chose. They settle it when all that the rule looks at is
 * among them: the target, the last 100 % plan that a split is held against, and what each rollback left and repeated.
 */
export function isSettledBy(newest: readonly DecidedPlan[], choice: RollbackTarget): boolean {
  if (choice.kind === "none") return false;
  const oldest = Math.min(...newest.map(({ number }) => number));
  const isWhole = (plan: DecidedPlan) => soleRevision(plan) !== null;
  const trusts = newest.some(
    (plan) => isWhole(plan) && (plan.number === choice.from || (plan.number < choice.from && plan.state === "applied")),
  );
  const named = newest.flatMap(({ repeatsPlan, rolledBackFrom }) => [repeatsPlan ?? oldest, rolledBackFrom ?? oldest]);
  return trusts && named.every((number) => number >= oldest);
}

function suspectsOf(current: DecidedPlan, earlier: readonly DecidedPlan[]): number[] {
  const sole = soleRevision(current);
  if (sole !== null) return [sole];
  const lastWhole = earlier.find((plan) => plan.state === "applied" && soleRevision(plan) !== null);
  const trusted = lastWhole === undefined ? null : soleRevision(lastWhole);
  return servingRevisions(current).filter((revision) => revision !== trusted);
}

/** Null when somebody may choose it by name. */
function unusable(plan: DecidedPlan, revisions: ReadonlySet<number>): string | null {
  if (plan.state === "superseded") return "was replaced before every router had it, so it was never proven to serve";
  if (plan.state !== "applied") return `is ${plan.state} and was never proven to serve`;
  if (servingRevisions(plan).length === 0) return "serves nothing";
  const gone = plan.entries.filter((entry) => !revisions.has(entry.revision));
  return gone.length === 0 ? null : `names r${gone.map((entry) => entry.revision).join(", r")}, which no longer exists`;
}

function refusal(
  plan: Pick<DecidedPlan, "number" | "entries">,
  suspects: readonly number[],
  condemned: ReadonlySet<number>,
  missed: ReadonlySet<number>,
): string | null {
  const suspect = servingRevisions(plan).find((revision) => suspects.includes(revision));
  if (suspect !== undefined) return `it serves r${suspect}, which is what a rollback leaves`;
  if (condemned.has(plan.number)) return "it was rolled back from";
  if (missed.has(plan.number)) return "it missed its health targets";
  return null;
}

const sharesOf = (plan: Pick<DecidedPlan, "entries">): string =>
  plan.entries
    .filter((entry) => entry.role === "live" && entry.weightBps > 0)
    .map((entry) => `${entry.revision}:${entry.weightBps}`)
    .sort()
    .join();

/**
 * Plans that were rolled back from, and their twins: plans that gave the same shares (a plan that only added a revision
 * at 0 %, the original of a repeated one). Without the twins a second rollback would go back to what the first one left.
 * Deciding for the same shares again takes the verdict from the twins; and an undo says nothing against what it leaves.
 */
function condemnedPlans(oldestFirst: readonly DecidedPlan[]): Set<number> {
  const byNumber = new Map(oldestFirst.map((plan) => [plan.number, plan]));
  const condemnedShares = new Set<string>();
  const left = new Set<number>();
  for (const plan of oldestFirst) {
    const restoresCondemned = condemnedShares.delete(sharesOf(plan));
    if (plan.rolledBackFrom === null) continue;
    left.add(plan.rolledBackFrom);
    const from = byNumber.get(plan.rolledBackFrom);
    if (from !== undefined && !restoresCondemned) condemnedShares.add(sharesOf(from));
  }
  return new Set(
    oldestFirst.filter((plan) => left.has(plan.number) || condemnedShares.has(sharesOf(plan))).map((p) => p.number),
  );
}

const SHOWN_MAX = 3;

/** Why a rollback has nowhere to go: of the newest earlier plans that nobody may choose, what each of them lacks. */
function explainAll(history: PlanHistory, current: DecidedPlan): string {
  const earlier = history.plans.filter((plan) => plan.number < current.number).sort((a, b) => b.number - a.number);
  if (earlier.length === 0) return `Plan #${current.number} is the first: there is nothing before it.`;
  const whys = earlier.flatMap((plan) => {
    const why = unusable(plan, history.revisions);
    return why === null ? [] : [`#${plan.number} ${why}`];
  });
  const more = whys.length > SHOWN_MAX ? `, and ${whys.length - SHOWN_MAX} more are like them` : "";
  const because = whys.length === 0 ? "" : `: ${whys.slice(0, SHOWN_MAX).join(", ")}${more}`;
  return `No plan before #${current.number} qualifies${because}.`;
}

function explain(history: PlanHistory, current: DecidedPlan, toPlan: number | undefined): string {
  if (toPlan === undefined) return explainAll(history, current);
  const named = history.plans.find((plan) => plan.number === toPlan);
  if (named === undefined) return `There is no plan #${toPlan}.`;
  if (toPlan >= current.number) return `Plan #${toPlan} is not earlier than what is served, #${current.number}.`;
  return `Plan #${toPlan} ${unusable(named, history.revisions) ?? "cannot be repeated"}.`;
}
