import { expect, test } from "vitest";
import { type PlanWire, planWireSchema } from "#domain/traffic/wire.ts";
import { aScope } from "#test/factories/manifest-input.ts";
import { planConfigMap } from "./plan.ts";

const PLAN: PlanWire = {
  schema: 1,
  environment: "shop",
  endpoint: "fraud",
  endpointUid: "aaaaaaaa-0000-4000-8000-000000000001",
  number: 41,
  decidedAt: "2026-11-03T14:00:00.000Z",
  deleted: false,
  salt: "s",
  onUnavailable: "fallback",
  timeoutMs: 30_000,
  bodyBytesMax: 1_000_000,
  entries: [],
};

test("carries the plan whole, under the labels that routers select by", () => {
  const manifest = planConfigMap(aScope(), PLAN, null);
  expect(manifest.metadata).toMatchObject({
    name: "fraud-plan",
    namespace: "shop-models",
    labels: {
      "app.kubernetes.io/managed-by": "slipway",
      "slipway.dev/installation": "11111111-2222-4333-8444-555555555555",
      "slipway.dev/component": "plan",
      "slipway.dev/endpoint": "fraud",
      "slipway.dev/endpoint-uid": PLAN.endpointUid,
    },
  });
  const data = manifest.data as { plan: string };
  expect(planWireSchema.parse(JSON.parse(data.plan))).toEqual(PLAN);
});

test("the precondition is sent along and changes no hash", () => {
  const first = planConfigMap(aScope(), PLAN, null);
  const later = planConfigMap(aScope(), PLAN, { uid: "u", resourceVersion: "9" });
  expect(later.metadata).toEqual({ ...first.metadata, uid: "u", resourceVersion: "9" });
});
