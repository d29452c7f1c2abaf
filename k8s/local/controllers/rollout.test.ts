import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../store/types.ts";
import { allowance, isScalingEvent, newReplicas, oldScalings, scalings } from "./rollout.ts";
import { templateHash } from "./template-hash.ts";

const meta = (name: string, at = "2026-01-01T00:00:00Z") => ({
  name,
  uid: name,
  resourceVersion: "1",
  creationTimestamp: at,
});
const deployment = (replicas: number, rollingUpdate: Record<string, unknown>, type = "RollingUpdate"): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: meta("d"),
  spec: { replicas, strategy: { type, rollingUpdate } },
});
const set = (name: string, replicas: number, available = replicas, desired?: number): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  metadata: {
    ...meta(name),
    ...(desired === undefined ? {} : { annotations: { "deployment.kubernetes.io/desired-replicas": String(desired) } }),
  },
  spec: { replicas },
  status: { replicas, availableReplicas: available },
});

describe("allowance", () => {
  it("rounds surge up and unavailability down, and never leaves both at zero", () => {
    expect(allowance(deployment(3, {}))).toEqual({ surge: 1, unavailable: 0 });
    expect(allowance(deployment(10, { maxSurge: "25%", maxUnavailable: "25%" }))).toEqual({ surge: 3, unavailable: 2 });
    expect(allowance(deployment(2, { maxSurge: 0, maxUnavailable: 0 }))).toEqual({ surge: 0, unavailable: 1 });
  });
});

describe("a rolling update", () => {
  const size = fc.integer({ min: 1, max: 12 });
  const parts = fc.record({
    desired: size,
    surge: fc.integer({ min: 0, max: 4 }),
    unavailable: fc.integer({ min: 0, max: 4 }),
  });

  it("stays within desired + surge, keeps desired - unavailable serving, and arrives, whatever the sizes", () => {
    fc.assert(
      fc.property(parts, ({ desired, surge, unavailable }) => {
        const target = deployment(desired, { maxSurge: surge, maxUnavailable: unavailable });
        const limits = allowance(target);
        let [fresh, old] = [0, desired];
        for (let step = 0; step < 200 && (fresh !== desired || old !== 0); step++) {
          fresh = newReplicas(target, fresh, [set("old", old)]);
          expect(fresh + old).toBeLessThanOrEqual(desired + limits.surge);
          const [less] = oldScalings(target, set("new", fresh), [set("old", old)]);
          old = less?.replicas ?? old;
          expect(fresh + old).toBeGreaterThanOrEqual(desired - limits.unavailable);
        }
        expect([fresh, old]).toEqual([desired, 0]);
      }),
    );
  });

  it("takes no serving pod away while the new ones are not available", () => {
    const target = deployment(2, { maxSurge: 1, maxUnavailable: 0 });
    expect(oldScalings(target, set("new", 1, 0), [set("old", 2)])).toEqual([]);
  });

  it("gives up pods of an old set that serve nothing before those that serve", () => {
    const target = deployment(2, { maxSurge: 1, maxUnavailable: 0 });
    const [broken, good] = [set("broken", 1, 0), set("good", 2)];
    expect(oldScalings(target, set("new", 0), [good, broken])).toEqual([{ set: broken, replicas: 0 }]);
  });
});

describe("scaling", () => {
  it("notices a changed size only while a set is active", () => {
    expect(isScalingEvent(deployment(3, {}), [set("a", 2, 2, 2)])).toBe(true);
    expect(isScalingEvent(deployment(3, {}), [set("a", 3, 3, 3)])).toBe(false);
    expect(isScalingEvent(deployment(3, {}), [set("a", 0, 0, 2)])).toBe(false);
  });

  it("spreads a change over the sets of a rollout in proportion, and gives exactly the allowed total", () => {
    const target = deployment(10, { maxSurge: 2, maxUnavailable: 0 });
    const sized = scalings(target, set("new", 2), [set("old", 4)]);
    expect(sized.reduce((sum, { replicas }) => sum + replicas, 0)).toBe(12);
    expect(sized.find(({ set: { metadata } }) => metadata.name === "old")?.replicas).toBe(8);
  });
});

describe("templateHash", () => {
  it("does not depend on the order of keys, and differs by value and by collision count", () => {
    expect(templateHash({ a: 1, b: [2] })).toBe(templateHash({ b: [2], a: 1 }));
    expect(templateHash({ a: 1 })).not.toBe(templateHash({ a: 2 }));
    expect(templateHash({ a: 1 })).not.toBe(templateHash({ a: 1 }, 1));
    expect(templateHash({ a: 1 })).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]+$/);
  });
});
