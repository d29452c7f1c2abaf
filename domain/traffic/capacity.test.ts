import fc from "fast-check";
import { expect, test } from "vitest";
import { rollbackCapacity } from "./capacity.ts";
import type { PlanRecord } from "./plan-record.ts";
import { decidePublish } from "./publish.ts";

test("back from 90/10 nobody is asked: what answered 90 % has all its pods", () => {
  const two = { ready: 2, full: 2 };
  expect(rollbackCapacity([two], [two, two])).toEqual({ ready: 2, full: 2, servingNow: 4, asks: false });
});

test("a target that was scaled down to be kept warm asks; a cold one has to wait in any case", () => {
  const serving = [{ ready: 4, full: 4 }];
  expect(rollbackCapacity([{ ready: 1, full: 4 }], serving)).toMatchObject({ asks: true });
  expect(rollbackCapacity([{ ready: 0, full: 4 }], serving)).toMatchObject({ asks: false });
});

test("somebody is asked exactly where the two answers begin at different moments", () => {
  const pods = fc.record({ ready: fc.nat({ max: 4 }), full: fc.integer({ min: 1, max: 4 }) });
  fc.assert(
    fc.property(fc.array(pods, { minLength: 1, maxLength: 3 }), fc.array(pods, { maxLength: 3 }), (target, now) => {
      const begins = (publishWhen: "now" | "capacity") =>
        decidePublish({
          plan: planOf(target.length),
          publishWhen,
          clusterPlan: 1,
          clusterDecidedAt: null,
          readiness: target.map(({ ready, full }, index) => ({
            revision: index + 1,
            ready,
            desired: full,
            progressSince: null,
          })),
          now: new Date(0),
        }).kind;
      expect(rollbackCapacity(target, now).asks).toBe(begins("now") !== begins("capacity"));
    }),
  );
});

const planOf = (revisions: number): PlanRecord => ({
  number: 2,
  kind: "rollback",
  state: "pending",
  entries: Array.from({ length: revisions }, (_, index) => ({
    revision: index + 1,
    role: "live" as const,
    weightBps: 1 + index,
  })),
  rolledBackFrom: 1,
  repeatsPlan: null,
  decidedAt: new Date(0),
  supersededAt: null,
});
