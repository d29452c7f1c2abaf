import { expect, test } from "vitest";
import type { EndpointState } from "#server/db/reconcile/endpoint-state.ts";
import { type EndpointFindings, endpointConditions, SILENT_AFTER_MS } from "./endpoint-conditions.ts";

const now = new Date("2026-01-01T10:00:00Z");
type Known = EndpointState["conditions"][number];

/** Only what conditions are decided by. */
const stateWith = (conditions: Partial<Known>[]): EndpointState =>
  ({
    now,
    uid: "u",
    generation: 4,
    plans: [{ number: 2 }],
    conditions: conditions.map((c) => ({ subjectId: "u", observedGeneration: 4, status: "True", ...c })),
  }) as unknown as EndpointState;
const findings = (more: Partial<EndpointFindings> = {}): EndpointFindings => ({
  decision: { kind: "published" },
  foreign: [],
  conflicts: [],
  silent: null,
  failure: null,
  refused: null,
  ...more,
});
const brief = (state: EndpointState, more?: Partial<EndpointFindings>) =>
  endpointConditions(state, findings(more)).map(({ type, status, reason }) => `${type} ${status} ${reason}`);
const silentSince = (ms: number) => [{ pod: "r-1", node: "n-1", since: new Date(now.getTime() - ms) }];

test("no complaint is made up, and one that was made is withdrawn", () => {
  expect(brief(stateWith([]))).toEqual(["Published True Published"]);
  expect(brief(stateWith([{ type: "Degraded" }, { type: "Blocked" }]))).toEqual([
    "Published True Published",
    "Blocked False Free",
    "Degraded False Reconciled",
  ]);
});

test("a failure is all that is said: of the rest nothing is known", () => {
  expect(brief(stateWith([{ type: "Blocked" }]), { failure: "no", decision: null })).toEqual([
    "Degraded True ReconcileFailed",
  ]);
});

test("a silent router is named once it is overdue; until then what was said before holds", () => {
  expect(brief(stateWith([]), { silent: silentSince(SILENT_AFTER_MS - 1) })).toEqual(["Published True Published"]);
  const overdue = endpointConditions(stateWith([]), findings({ silent: silentSince(SILENT_AFTER_MS) }));
  expect(overdue.at(-1)).toMatchObject({ type: "RouterSilent", message: "r-1 on n-1 since 2026-01-01T09:59:57.000Z" });
  expect(brief(stateWith([{ type: "RouterSilent" }]), { silent: [] })).toContain("RouterSilent False AllAcknowledged");
});

test("a conflict is said until the next decision about the endpoint", () => {
  expect(brief(stateWith([]), { conflicts: ["replicas"] })).toContain("FieldConflict True TakenBack");
  expect(brief(stateWith([{ type: "FieldConflict" }]))).toEqual(["Published True Published"]);
  expect(brief(stateWith([{ type: "FieldConflict", observedGeneration: 3 }]))).toContain(
    "FieldConflict False Unchallenged",
  );
});

test("a stop says which plan the cluster holds", () => {
  const stop = { kind: "stop", reason: "DatabaseBehindCluster", clusterPlan: 9 } as const;
  const said = endpointConditions(stateWith([]), findings({ decision: stop }));
  expect(said.map(({ type, status }) => `${type} ${status}`)).toEqual([
    "Published False",
    "DatabaseBehindCluster True",
  ]);
  expect(said[1]?.message).toContain("The cluster holds plan 9, the database knows 2");
});
