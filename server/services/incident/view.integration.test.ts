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

/** Ids, read page by page; a list that never ends is cut. */
async function walk(query: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor = "";
  for (let pages = 0; pages < 20; pages++) {
    const { body } = await rest.call("GET", `/incidents?environment=paged&${query}${cursor}`);
    ids.push(...body.items.map(({ id }: { id: string }) => id));
    if (body.nextCursor === null) return ids;
    cursor = `&cursor=${body.nextCursor}`;
  }
  return ids;
}

test("pages are every incident once, open ones first, then what ended last, whatever ends between two pages", async () => {
  const db = rest.container.services.db.read;
  const { id: _, name: __, ...environment } = await db.environment.findFirstOrThrow();
  const { id: environmentId } = await db.environment.create({
    data: { ...environment, name: "paged", namespace: "paged", podMonitorLabels: {} },
  });
  const at = (minute: number) => new Date(SINCE.getTime() + minute * 60_000);
  const anIncident = async (name: string, openedAt: Date, resolvedAt: Date | null) => {
    const { uid } = await db.endpoint.create({
      data: { name, environmentId, salt: "", healthTargets: {}, createdBy: "test" },
    });
    const data = { endpointUid: uid, cause: "", severity: "Failing", since: openedAt, openedAt, resolvedAt };
    return (await db.incident.create({ data })).id;
  };
  const endedFirst = await anIncident("a", at(1), at(5));
  const openFirst = await anIncident("b", at(2), null);
  const endedLast = await anIncident("c", at(0), at(9));
  const openLast = await anIncident("d", at(3), null);
  const all = [openLast, openFirst, endedLast, endedFirst];
  for (const limit of [1, 2, 3, 4]) expect(await walk(`limit=${limit}`)).toEqual(all);
  expect(await walk("limit=1&state=open")).toEqual([openLast, openFirst]);
  expect(await walk("limit=1&state=resolved")).toEqual([endedLast, endedFirst]);
  expect(await walk("limit=1&endpoint=b")).toEqual([openFirst]);
  const first = (await rest.call("GET", "/incidents?environment=paged&limit=1")).body;
  await db.incident.update({ where: { id: openLast }, data: { resolvedAt: at(10) } });
  const second = (await rest.call("GET", `/incidents?environment=paged&limit=1&cursor=${first.nextCursor}`)).body;
  expect(second.items[0].id).toBe(openFirst);
});
