import { expect, test } from "vitest";
import type { PlanRecord } from "./plan-record.ts";
import { desiredReplicas, type ReplicasQuestion } from "./replicas.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 10, minute));
const plan = (
  number: number,
  shares: Record<number, number>,
  endedAt: number | null,
  more: Partial<PlanRecord> = {},
): PlanRecord => ({
  number,
  kind: "traffic",
  state: "applied",
  entries: Object.entries(shares).map(([revision, percent]) => ({
    revision: Number(revision),
    role: "live",
    weightBps: percent * 100,
  })),
  rolledBackFrom: null,
  repeatsPlan: null,
  decidedAt: at(number),
  supersededAt: endedAt === null ? null : at(endedAt),
  ...more,
});

function replicasOf(plans: PlanRecord[], more: Partial<ReplicasQuestion> = {}) {
  const answer = desiredReplicas({
    history: { plans, revisions: new Set([1, 2, 3]), missedHealthTargets: new Set() },
    fullReplicas: new Map([
      [1, 2],
      [2, 3],
      [3, 4],
    ]),
    publishedPlan: plans.at(-1)?.number ?? 0,
    warmFullMinutes: 60,
    warmReplicas: 1,
    now: at(30),
    ...more,
  });
  return Object.fromEntries([...answer].map(([revision, { replicas, because }]) => [revision, [replicas, because]]));
}

test("what a plan names runs in full, at 0 % too; what none names does not run", () => {
  expect(replicasOf([plan(1, { 1: 100, 2: 0 }, null)])).toEqual({
    1: [2, "plan"],
    2: [3, "plan"],
    3: [0, "idle"],
  });
});

test("the rollback set stays full for an hour after the switch, then warm", () => {
  const switched = [plan(1, { 1: 100 }, 20), plan(2, { 2: 100 }, null)];
  expect(replicasOf(switched)).toMatchObject({ 1: [2, "warmFull"], 2: [3, "plan"] });
  expect(replicasOf(switched, { now: at(79) })).toMatchObject({ 1: [2, "warmFull"] });
  expect(replicasOf(switched, { now: at(80) })).toMatchObject({ 1: [1, "warm"] });
  expect(replicasOf(switched, { now: at(80), warmReplicas: 0 })).toMatchObject({ 1: [0, "idle"] });
  expect(replicasOf(switched, { now: at(80), warmReplicas: 9 })).toMatchObject({ 1: [2, "warm"] });
});

test("after a rollback, what was left stays full for an hour so that an undo finds it, then goes", () => {
  const back = [
    plan(1, { 1: 100 }, 10),
    plan(2, { 2: 100 }, 20),
    plan(3, { 1: 100 }, null, { kind: "rollback", rolledBackFrom: 2, repeatsPlan: 1 }),
  ];
  expect(replicasOf(back)).toMatchObject({ 1: [2, "plan"], 2: [3, "warmFull"] });
  expect(replicasOf(back, { now: at(81) })).toMatchObject({ 2: [0, "idle"] });
});

test("until a plan is proven, what came since the last proven one keeps its pods: a silent router may serve it", () => {
  const unproven = [
    plan(1, { 1: 100 }, 5),
    plan(2, { 2: 100 }, 6, { state: "superseded" }),
    plan(3, { 3: 100 }, null, { state: "pending" }),
  ];
  const now = at(300);
  expect(replicasOf(unproven, { now })).toEqual({ 1: [2, "plan"], 2: [3, "plan"], 3: [4, "plan"] });
  const proven = unproven.map((p) => (p.number === 3 ? { ...p, state: "applied" as const } : p));
  expect(replicasOf(proven, { now, warmReplicas: 0 })).toEqual({ 1: [0, "idle"], 2: [0, "idle"], 3: [4, "plan"] });
});

test("a failed plan's revisions keep running while it is the newest, and what is published goes on", () => {
  const plans = [plan(1, { 1: 100 }, null), plan(2, { 2: 100 }, null, { state: "failed" })];
  expect(replicasOf(plans, { publishedPlan: 1 })).toMatchObject({ 1: [2, "plan"], 2: [3, "plan"] });
  const replaced = [...plans, plan(3, { 1: 100 }, null, { state: "pending" })];
  expect(replicasOf(replaced, { publishedPlan: 1, now: at(300) })).toMatchObject({ 2: [0, "idle"] });
});

test("a deleted endpoint keeps its pods until every router has let go, then needs none", () => {
  const deleting = [plan(1, { 1: 100 }, 5), plan(2, {}, null, { kind: "delete", state: "pending" })];
  expect(replicasOf(deleting)).toMatchObject({ 1: [2, "plan"] });
  const gone = deleting.map((p) => ({ ...p, state: "applied" as const }));
  expect(replicasOf(gone)).toMatchObject({ 1: [0, "idle"] });
});
