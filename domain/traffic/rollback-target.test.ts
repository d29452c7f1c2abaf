import fc from "fast-check";
import { expect, test } from "vitest";
import { type PlanRecord, servingRevisions } from "./plan-record.ts";
import { chooseRollbackTarget, isSettledBy, type PlanHistory } from "./rollback-target.ts";

type Shares = Record<number, number>;

const plan = (number: number, percent: Shares, more: Partial<PlanRecord> = {}): PlanRecord => ({
  number,
  kind: "traffic",
  state: "applied",
  entries: Object.entries(percent).map(([revision, share]) => ({
    revision: Number(revision),
    role: "live",
    weightBps: share * 100,
  })),
  rolledBackFrom: null,
  repeatsPlan: null,
  decidedAt: new Date(number),
  supersededAt: null,
  ...more,
});

const historyOf = (plans: PlanRecord[], missed: number[] = []): PlanHistory => ({
  plans,
  revisions: new Set([1, 2, 3, 4, 5]),
  missedHealthTargets: new Set(missed),
});

/** The ledger after a rollback, as the verb writes it. */
function rollBack(plans: PlanRecord[], toPlan?: number): PlanRecord[] {
  const choice = chooseRollbackTarget(historyOf(plans), toPlan);
  if (choice.kind === "none") throw new Error(choice.why);
  const target = plans.find((p) => p.number === choice.plan);
  return [
    ...plans,
    {
      ...plan(plans.length + 1, {}),
      kind: "rollback",
      entries: target?.entries ?? [],
      rolledBackFrom: choice.from,
      repeatsPlan: choice.plan,
    },
  ];
}

test("from one revision at 100 % it goes to the newest applied plan without it", () => {
  const plans = [plan(1, { 1: 100 }), plan(2, { 1: 100, 2: 0 }), plan(3, { 1: 50, 2: 50 }), plan(4, { 2: 100 })];
  expect(chooseRollbackTarget(historyOf(plans))).toEqual({
    kind: "target",
    plan: 2,
    from: 4,
    suspects: [2],
    against: null,
  });
});

test("from a split it goes back to the last 100 % plan, and suspects who was not in it", () => {
  const plans = [
    plan(1, { 1: 100 }),
    plan(2, { 1: 100, 2: 0, 3: 0 }),
    plan(3, { 1: 95, 2: 5 }),
    plan(4, { 1: 80, 2: 10, 3: 10 }),
  ];
  expect(chooseRollbackTarget(historyOf(plans))).toEqual({
    kind: "target",
    plan: 2,
    from: 4,
    suspects: [2, 3],
    against: null,
  });
});

test("a plan that was not applied, missed its health targets or whose revision is gone is passed over", () => {
  const plans = [
    plan(1, { 1: 100 }),
    plan(2, { 9: 100 }),
    plan(3, { 3: 100 }),
    plan(4, { 4: 100 }, { state: "superseded" }),
    plan(5, { 2: 100 }),
  ];
  expect(chooseRollbackTarget(historyOf(plans, [3]))).toMatchObject({ kind: "target", plan: 1 });
});

test("a failed plan never reached a router: what is left is the plan before it", () => {
  const plans = [plan(1, { 1: 100 }), plan(2, { 2: 100 }), plan(3, { 3: 100 }, { state: "failed" })];
  expect(chooseRollbackTarget(historyOf(plans))).toMatchObject({ kind: "target", plan: 1, from: 2, suspects: [2] });
});

test("a pending change can be rolled back, to what serves", () => {
  const plans = [plan(1, { 1: 100 }), plan(2, { 2: 100 }, { state: "pending" })];
  expect(chooseRollbackTarget(historyOf(plans))).toMatchObject({ plan: 1, from: 2 });
});

test("shadows and entries at 0 % neither raise nor bear suspicion", () => {
  const plans = [
    plan(
      1,
      {},
      {
        entries: [
          { revision: 1, role: "live", weightBps: 10_000 },
          { revision: 2, role: "shadow", weightBps: 5_000 },
        ],
      },
    ),
    plan(2, { 1: 0, 2: 100 }),
  ];
  expect(chooseRollbackTarget(historyOf(plans))).toMatchObject({ kind: "target", plan: 1, suspects: [2] });
});

test("a second rollback goes further back, never to what the first one left, nor to a twin of it", () => {
  const twins = [plan(1, { 1: 100 }), plan(2, { 2: 100 }), plan(3, { 2: 100, 3: 0 })];
  const once = rollBack(twins);
  expect(once.at(-1)).toMatchObject({ repeatsPlan: 1, rolledBackFrom: 3 });
  const twice = chooseRollbackTarget(historyOf(once));
  expect(twice).toMatchObject({ kind: "none" });
  expect(twice.kind === "none" && twice.choices.map((c) => [c.plan, c.refusedBecause])).toEqual([
    [3, "it was rolled back from"],
    [2, "it was rolled back from"],
    [1, "it serves r1, which is what a rollback leaves"],
  ]);
});

test("an undo names the plan it restores; a rollback after it leaves it again", () => {
  const undone = rollBack(rollBack([plan(1, { 1: 100 }), plan(2, { 2: 100 })]), 2);
  expect(undone.at(-1)).toMatchObject({ repeatsPlan: 2, rolledBackFrom: 3 });
  const again = rollBack(undone);
  expect(servingRevisions(again.at(-1) ?? plan(0, {}))).toEqual([1]);
  expect(chooseRollbackTarget(historyOf(again))).toMatchObject({ kind: "none" });
});

test("deciding again for what was rolled back from makes it a target again", () => {
  const plans = [...rollBack([plan(1, { 1: 100 }), plan(2, { 2: 100 })]), plan(4, { 2: 100 }), plan(5, { 3: 100 })];
  expect(chooseRollbackTarget(historyOf(plans))).toMatchObject({ kind: "target", plan: 4 });
});

test("a named plan is refused when it does not exist, was never applied, is current or names a revision that is gone", () => {
  const plans = [plan(1, { 9: 100 }), plan(2, { 2: 100 }, { state: "superseded" }), plan(3, { 3: 100 })];
  const why = (toPlan: number) => {
    const choice = chooseRollbackTarget(historyOf(plans), toPlan);
    return choice.kind === "none" ? choice.why : choice;
  };
  expect(why(7)).toContain("no plan #7");
  expect(why(2)).toContain("was replaced before every router had it");
  expect(why(3)).toContain("not earlier");
  expect(why(1)).toContain("r9");
});

test("nothing served, and an endpoint being deleted, have no target", () => {
  expect(chooseRollbackTarget(historyOf([]))).toMatchObject({ kind: "none" });
  expect(chooseRollbackTarget(historyOf([plan(1, { 1: 100 }), plan(2, {}, { kind: "delete" })]))).toMatchObject({
    kind: "none",
  });
});

const shares = fc
  .tuple(fc.shuffledSubarray([1, 2, 3, 4], { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 99 }))
  .map(([chosen, first]): Shares => {
    const [a, b, c] = chosen;
    return {
      [a ?? 1]: b === undefined ? 100 : first,
      ...(b === undefined ? {} : { [b]: 100 - first }),
      ...(c === undefined ? {} : { [c]: 0 }),
    };
  });
const ledgers = fc
  .array(fc.tuple(shares, fc.constantFrom("applied" as const, "superseded" as const)), { minLength: 1, maxLength: 8 })
  .map((steps) => steps.map(([percent, state], i) => plan(i + 1, percent, { state })));

test("whatever the ledger: a target is an applied, earlier plan without a suspect, and repeated rollbacks come to an end", () => {
  fc.assert(
    fc.property(ledgers, (start) => {
      let plans = start;
      const left = new Set<string>();
      const sharesOf = (p: PlanRecord | undefined) => JSON.stringify(p?.entries.filter((e) => e.weightBps > 0));
      for (let i = 0; ; i++) {
        expect(i).toBeLessThan(start.length + 1);
        const choice = chooseRollbackTarget(historyOf(plans));
        if (choice.kind === "none") break;
        const target = plans.find((p) => p.number === choice.plan);
        expect(target?.state).toBe("applied");
        expect(choice.plan).toBeLessThan(choice.from);
        expect(servingRevisions(target ?? plan(0, {})).filter((r) => choice.suspects.includes(r))).toEqual([]);
        left.add(sharesOf(plans.find((p) => p.number === choice.from)));
        plans = rollBack(plans);
        expect(left).not.toContain(sharesOf(plans.at(-1)));
      }
    }),
    { numRuns: 500 },
  );
});

/** Traffic is changed, rolled back and undone, in any order. */
const lived = fc
  .array(
    fc.oneof(
      fc.record({ percent: shares, state: fc.constantFrom("applied" as const, "superseded" as const) }),
      fc.record({ back: fc.option(fc.nat(20), { nil: undefined }) }),
    ),
    { minLength: 8, maxLength: 30 },
  )
  .map((steps) => {
    let plans: PlanRecord[] = [];
    for (const step of steps) {
      if ("percent" in step) plans = [...plans, plan(plans.length + 1, step.percent, { state: step.state })];
      else if (chooseRollbackTarget(historyOf(plans), step.back).kind === "target") plans = rollBack(plans, step.back);
    }
    return plans;
  });

test("what the newest plans settle is what the whole ledger chooses", () => {
  let settled = 0;
  fc.assert(
    fc.property(lived, fc.integer({ min: 2, max: 20 }), fc.nat(4), (plans, take, before) => {
      const newest = plans.slice(-take);
      const to = before === 0 ? undefined : plans.length - before;
      const choice = chooseRollbackTarget(historyOf(newest), to);
      if (!isSettledBy(newest, choice)) return;
      settled += newest.length < plans.length ? 1 : 0;
      expect(choice).toEqual(chooseRollbackTarget(historyOf(plans), to));
    }),
    { numRuns: 3_000 },
  );
  expect(settled).toBeGreaterThan(100);
});

test("a split whose last 100 % plan is further back, or a rollback of something older, is not settled", () => {
  const plans = [plan(1, { 1: 100 }), plan(2, { 1: 90, 2: 10 }), plan(3, { 3: 100 }, { state: "superseded" })];
  const split = [...plans, plan(4, { 1: 80, 2: 20 })];
  const settles = (newest: PlanRecord[]) => isSettledBy(newest, chooseRollbackTarget(historyOf(newest)));
  expect([settles(split), settles(split.slice(1))]).toEqual([true, false]);
  const back = [...plans, ...[4, 5].map((n) => plan(n, { [n]: 100 })), plan(6, { 1: 100 }, { repeatsPlan: 1 })];
  expect([settles(back), settles(back.slice(1))]).toEqual([true, false]);
});

test("with nowhere to go back to, it says of each earlier plan what it lacks", () => {
  const why = (plans: PlanRecord[]) => {
    const answer = chooseRollbackTarget(historyOf(plans));
    return answer.kind === "none" ? answer.why : answer;
  };
  expect(why([plan(1, { 1: 100 })])).toBe("Plan #1 is the first: there is nothing before it.");
  // Deployed one after the other, quicker than the first pods got ready.
  const quick = [
    plan(1, { 1: 100 }, { state: "superseded" }),
    plan(2, { 1: 100, 2: 0 }, { state: "failed" }),
    plan(3, { 2: 100 }),
  ];
  expect(why(quick)).toBe(
    "No plan before #3 qualifies: #2 is failed and was never proven to serve, " +
      "#1 was replaced before every router had it, so it was never proven to serve.",
  );
  const many = [1, 2, 3, 4, 5].map((number) => plan(number, { 1: 100 }, { state: "superseded" }));
  expect(why([...many, plan(6, { 2: 100 })])).toContain(", and 2 more are like them.");
  expect(why([plan(1, { 2: 100 }), plan(2, { 2: 100 })])).toBe("No plan before #2 qualifies.");
});
