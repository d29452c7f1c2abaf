import fc from "fast-check";
import { expect, test } from "vitest";
import { decideApplied, type RouterPod } from "./acknowledge.ts";

const publishedAt = new Date("2026-01-01T10:00:00Z");
const pod = (uid: string, more: Partial<RouterPod> = {}): RouterPod => ({
  uid,
  name: `slipway-router-${uid}`,
  node: "node-1",
  phase: "Running",
  createdAt: new Date("2026-01-01T09:00:00Z"),
  ...more,
});
const ask = (routerPods: RouterPod[], acks: Record<string, number>, podsListedAfterLastAck = true) =>
  decideApplied({
    planNumber: 5,
    publishedAt,
    routerPods,
    acks: new Map(Object.entries(acks)),
    podsListedAfterLastAck,
  });

test("without a router pod nothing is applied", () => {
  expect(ask([], {})).toEqual({ applied: false, acknowledged: 0, routers: 0, silent: [] });
});

test("a list of pods from before the last acknowledgement proves nothing", () => {
  expect(ask([pod("a")], { a: 5 }, false)).toMatchObject({ applied: false, acknowledged: 1, routers: 1 });
});

test("a silent router is named with its node, since the plan was there or the pod was, whichever came later", () => {
  const late = new Date("2026-01-01T10:05:00Z");
  expect(ask([pod("a"), pod("b"), pod("c", { createdAt: late })], { a: 5, b: 4 }).silent).toEqual([
    { pod: "slipway-router-b", node: "node-1", since: publishedAt },
    { pod: "slipway-router-c", node: "node-1", since: late },
  ]);
});

test("a pod that took the name of another does not inherit its acknowledgement", () => {
  expect(ask([pod("new", { name: "slipway-router-a" })], { old: 5 }).applied).toBe(false);
});

test("applied means: at least one pod, and every one that may still serve acknowledged this plan or a newer one", () => {
  const phase = fc.constantFrom("Pending", "Running", "Unknown", "Succeeded", "Failed");
  const pods = fc.array(fc.record({ phase, ack: fc.option(fc.integer({ min: 0, max: 9 })) }), { maxLength: 5 });
  fc.assert(
    fc.property(pods, (made) => {
      const routerPods = made.map((m, i) => pod(String(i), { phase: m.phase }));
      const acks = new Map(made.flatMap((m, i) => (m.ack === null ? [] : [[String(i), m.ack] as const])));
      const answer = decideApplied({ planNumber: 5, publishedAt, routerPods, acks, podsListedAfterLastAck: true });
      const living = made.filter((m) => m.phase !== "Succeeded" && m.phase !== "Failed");
      expect(answer.applied).toBe(living.length > 0 && living.every((m) => m.ack !== null && m.ack >= 5));
      expect(answer.acknowledged + answer.silent.length).toBe(answer.routers);
    }),
  );
});
