import { afterAll, beforeAll, expect, test } from "vitest";
import { type Rest, startRest } from "#test/support/rest.ts";

const SINCE = new Date(Date.UTC(2026, 10, 22, 12));

let rest: Rest;
let endpointUid: string;
beforeAll(async () => {
  rest = await startRest();
  const { body } = await rest.call("POST", "/endpoints", { body: { name: "night", environment: "local" } });
  endpointUid = body.uid;
  const cause = "r2 has 0 ready pods (target 1)";
  await rest.container.services.db.inTransaction((tx) =>
    tx.incident.create({ data: { endpointUid, cause, severity: "Degraded", since: SINCE } }),
  );
});
afterAll(() => rest.close());

const judged = (state: "Healthy" | "Degraded" | "Unknown") =>
  rest.container.services.db.inTransaction((tx) =>
    tx.endpointHealth.upsert({
      where: { endpointUid },
      create: { endpointUid, state, cause: "", since: SINCE },
      update: { state },
    }),
  );

async function seenSecondsAgo(seconds: number): Promise<void> {
  const { id: environmentId } = await rest.container.services.db.read.environment.findFirstOrThrow();
  const observed = { observedGeneration: 1, observedAt: new Date(Date.now() - seconds * 1_000) };
  await rest.container.services.db.inTransaction((tx) =>
    tx.environmentStatus.upsert({ where: { environmentId }, create: { environmentId, ...observed }, update: observed }),
  );
}

async function healthyAgainSince(): Promise<unknown> {
  const { items } = (await rest.call("GET", "/incidents")).body;
  const one = (await rest.call("GET", `/incidents/${items[0].id}`)).body;
  expect(one.healthyAgainSince).toBe(items[0].healthyAgainSince);
  return one.healthyAgainSince;
}

test("an open incident says since when its endpoint is healthy again, only while somebody sees that it is", async () => {
  await seenSecondsAgo(0);
  await judged("Degraded");
  expect(await healthyAgainSince()).toBeNull();
  await judged("Healthy");
  expect(await healthyAgainSince()).toBe(SINCE.toISOString());
  await judged("Unknown");
  expect(await healthyAgainSince()).toBeNull();
  await judged("Healthy");
  await seenSecondsAgo(60);
  expect(await healthyAgainSince()).toBeNull();
});

test("an incident that ended says nothing of now", async () => {
  await seenSecondsAgo(0);
  await judged("Healthy");
  const { items } = (await rest.call("GET", "/incidents")).body;
  const { status, body } = await rest.call("POST", `/incidents/${items[0].id}/resolve`, { body: {} });
  expect([status, body.state, body.healthyAgainSince]).toEqual([200, "resolved", null]);
  expect(await healthyAgainSince()).toBeNull();
});
