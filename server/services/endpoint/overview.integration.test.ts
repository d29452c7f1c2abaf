import { afterAll, beforeAll, expect, test } from "vitest";
import type { HealthState } from "#domain/endpoint/health.ts";
import { serviceContext } from "#server/api/context.ts";
import { type Rest, startRest } from "#test/support/rest.ts";
import { getOverview } from "./overview.ts";

const STORED = ["Healthy", "Degraded", "Failing", "Deploying", "Healthy", null, "Degraded"] as const;

let rest: Rest;
beforeAll(async () => {
  rest = await startRest();
  for (const [index, state] of STORED.entries()) {
    const name = `e${index}`;
    const { status, body } = await rest.call("POST", "/endpoints", { body: { name, environment: "local" } });
    expect(status, JSON.stringify(body)).toBe(201);
    if (state !== null) await store(body.uid, state, index);
  }
});
afterAll(() => rest.close());

const store = (endpointUid: string, state: HealthState, index: number) =>
  rest.container.services.db.inTransaction((tx) =>
    tx.endpointHealth.create({
      data: { endpointUid, state, cause: "", since: new Date(Date.UTC(2026, 10, 22, 12, 60 - index)) },
    }),
  );

const look = (asked: object) => {
  const actor = { kind: "system", id: "test", name: "test", role: "viewer" } as const;
  const ctx = serviceContext(rest.container, {
    actor,
    requestId: "t",
    signal: AbortSignal.timeout(30_000),
    call: null,
  });
  return getOverview.call(ctx, asked);
};
const names = (overview: Awaited<ReturnType<typeof look>>) => overview.endpoints.map(({ name }) => name);

test("pages together are every endpoint once, the worst first, and each page says how many there are", async () => {
  const pages = await Promise.all([0, 3, 6].map((offset) => look({ offset, limit: 3 })));
  expect(pages.flatMap(names)).toEqual(["e2", "e1", "e6", "e5", "e3", "e0", "e4"]);
  expect(pages.map(({ total }) => total)).toEqual([7, 7, 7]);
  expect(names(await look({ order: "name", limit: 2 }))).toEqual(["e0", "e1"]);
  expect(await look({ offset: 50, limit: 3 })).toMatchObject({ endpoints: [], total: 7 });
});

test("counts are of all endpoints whatever page or search is asked for, with the one that is so for longest", async () => {
  const counts = [
    { state: "Failing", count: 1, longest: { name: "e2" } },
    { state: "Degraded", count: 2, longest: { name: "e6" } },
    { state: "Unknown", count: 1, longest: { name: "e5", since: null } },
    { state: "Deploying", count: 1 },
    { state: "Healthy", count: 2, longest: { name: "e4" } },
  ];
  expect((await look({ limit: 1, search: "e3" })).counts).toMatchObject(counts);
});

test("a search is a part of the address, taken as it is typed, and a state filters", async () => {
  expect(names(await look({ search: "LOCAL/e1 " }))).toEqual(["e1"]);
  for (const search of ["%", "_", "e_"]) expect(await look({ search })).toMatchObject({ endpoints: [], total: 0 });
  expect(await look({ state: "Degraded" })).toMatchObject({ total: 2 });
});

test("once the worker is blind, order and counts are as each row's own health, and trouble stays told", async () => {
  const { id } = await rest.container.services.db.read.environment.findFirstOrThrow();
  await rest.container.services.db.inTransaction((tx) =>
    tx.environmentStatus.upsert({
      where: { environmentId: id },
      create: { environmentId: id, observedGeneration: 1, observedAt: new Date(Date.now() - 60_000) },
      update: { observedAt: new Date(Date.now() - 60_000) },
    }),
  );
  const { endpoints, counts } = await look({});
  const told = endpoints.map(({ health }) => health.state);
  expect(told).toEqual(["Failing", "Degraded", "Degraded", "Unknown", "Unknown", "Unknown", "Unknown"]);
  expect(counts.map(({ state, count }) => [state, count])).toEqual([
    ["Failing", 1],
    ["Degraded", 2],
    ["Unknown", 4],
  ]);
});
