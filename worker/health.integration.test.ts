import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "#scripts/stack/ports.ts";
import { type Started, startReady, stopProcess } from "#scripts/stack/process.ts";
import { findPrometheus } from "#scripts/stack/prometheus.ts";
import {
  addRevision,
  createEndpoint,
  putTraffic,
  registerModel,
  startTestCluster,
  startWorld,
  type TestCluster,
  until,
  untilApplied,
  type World,
} from "#test/support/worker-harness.ts";

const NAMESPACE = "watched";
const SECRET = "a-webhook-secret-for-tests";
let dir: string;
let cluster: TestCluster;
let world: World;
let prometheus: Started;
let exposition: Server;
let receiver: Server;

/** Requests a second and their shares of errors and of refusals, by revision of endpoint "watched": what a router would say. */
let routersMeasured = false;
const traffic = new Map<string, { perSecond: number; errors: number; refused?: number }>();
const received: { event: string; signed: boolean; body: { incident: Record<string, unknown>; url: string } }[] = [];

/** Counters that have always gone on at today's rate. */
function scraped(): string {
  const seconds = (Date.now() - Date.UTC(2026, 0, 1)) / 1000;
  const lines = [
    // The first is of another cluster's namespace with the same name.
    'slipway_plan_staleness_seconds{environment="elsewhere"} 0',
    routersMeasured ? 'slipway_plan_staleness_seconds{environment="local"} 0' : "",
    "# TYPE slipway_requests_total counter",
    `slipway_requests_total{environment="local",endpoint="watched",revision="1",role="forced",code="500"} ${Math.round(seconds * 20)}`,
  ];
  for (const [revision, { perSecond, errors, refused = 0 }] of traffic)
    for (const [code, share] of [
      ["200", 1 - errors - refused],
      ["400", refused],
      ["500", errors],
    ] as const)
      lines.push(
        `slipway_requests_total{environment="local",endpoint="watched",revision="${revision}",role="live",code="${code}"} ${Math.round(seconds * perSecond * share)}`,
      );
  return `${lines.join("\n")}\n`;
}

const listen = (server: Server) =>
  new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });

function startReceiver(): Server {
  return createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request.headers["x-slipway-signature"])) ?? [];
      const signed = createHmac("sha256", SECRET).update(`${t}.${text}`).digest("hex") === v1;
      received.push({ event: String(request.headers["x-slipway-event"]), signed, body: JSON.parse(text) });
      response.writeHead(204).end();
    });
  });
}

async function startScraping(target: number): Promise<Started & { url: string }> {
  const port = await freePort();
  const config = {
    global: { scrape_interval: "1s", scrape_timeout: "1s" },
    scrape_configs: [
      {
        job_name: "router",
        static_configs: [{ targets: [`127.0.0.1:${target}`], labels: { namespace: NAMESPACE } }],
      },
    ],
  };
  await writeFile(join(dir, "prometheus.yml"), JSON.stringify(config));
  const started = await startReady(
    {
      command: await findPrometheus(dir),
      args: [
        `--config.file=${join(dir, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(dir, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      env: { PATH: process.env.PATH },
      cwd: dir,
      logFile: join(dir, "prometheus.log"),
    },
    async () => (await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined))?.ok === true,
    30_000,
  );
  return { ...started, url: `http://127.0.0.1:${port}` };
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "slipway-health-"));
  exposition = createServer((_, response) => response.end(scraped()));
  receiver = startReceiver();
  const [scrapePort, hookPort] = await Promise.all([listen(exposition), listen(receiver)]);
  const scraping = await startScraping(scrapePort);
  prometheus = scraping;
  cluster = await startTestCluster();
  world = await startWorld(cluster, {
    namespace: NAMESPACE,
    env: {
      PROMETHEUS_URL: scraping.url,
      SLIPWAY_WEBHOOK_URL: `http://127.0.0.1:${hookPort}/hook`,
      SLIPWAY_WEBHOOK_SECRET: SECRET,
      SLIPWAY_WEBHOOK_ALLOW_PRIVATE: "true",
      SLIPWAY_PUBLIC_URL: "https://slipway.example.com/",
    },
  });
  world.startWorker({ WORKER_HEALTH_MS: "300", WORKER_INCIDENT_AFTER_MS: "1500" });
  await registerModel(world, "scale", [2, 3]);
  await createEndpoint(world, "watched");
  await addRevision(world, "watched", "scale", 1);
  await untilApplied(world, "watched", 1);
}, 120_000);
afterAll(async () => {
  await world?.close();
  await cluster?.close();
  if (prometheus !== undefined) await stopProcess(prometheus.process, "SIGTERM", 5_000);
  exposition?.close();
  receiver?.close();
  await rm(dir, { recursive: true, force: true });
});

const view = () => world.call("GET", "/endpoints/watched");
const healthIs = (state: string) =>
  until(`health ${state}`, async () => {
    const { health } = await view();
    return health.state === state && health;
  });
const incidents = async (state = "open") => (await world.call("GET", `/incidents?state=${state}`)).items;
/** Ids, read page by page. */
async function pages(state: string): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const more = cursor === "" ? "" : `&cursor=${cursor}`;
    const page: { items: { id: string }[]; nextCursor: string | null } = await world.call(
      "GET",
      `/incidents?state=${state}&limit=1${more}`,
    );
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  return ids;
}
const told = (event: string) => until(event, async () => received.find((message) => message.event === event));

test("an endpoint whose routers nobody measures is Unknown and not idle, with since when", async () => {
  const health = await until("a first look", async () => {
    const found = (await view()).health;
    return found.blind?.why.includes("routers") && found;
  });
  expect(health).toMatchObject({ state: "Unknown", cause: "1 of 1 pod ready", blind: { since: health.since } });
  routersMeasured = true;
});

test("an endpoint with its pods ready and no errors is Healthy, and writes no health while it stays so", async () => {
  // Forced requests fail all the while, and judge nothing.
  expect(await healthIs("Healthy")).toMatchObject({ cause: "1 of 1 pod ready, no requests now" });
  traffic.set("1", { perSecond: 20, errors: 0 });
  await until("traffic to be seen", async () => (await view()).health.cause === "1 of 1 pod ready");
  const rows = () => world.db.read.$queryRaw<{ x: string }[]>`SELECT xmin::text AS x FROM "EndpointHealth"`;
  const before = await rows();
  const began = Date.now();
  await until("several looks to pass", async () => Date.now() - began > 1_500);
  expect(await rows()).toEqual(before);
});

test("a candidate that answers errors: the sentence, one incident, a signed message, and the plan is known for it", async () => {
  await addRevision(world, "watched", "scale", 2);
  await untilApplied(world, "watched", 2);
  await putTraffic(world, "watched", 2, { 1: 50, 2: 50 });
  await untilApplied(world, "watched", 3);
  traffic.set("2", { perSecond: 20, errors: 0.4 });
  const health = await healthIs("Degraded");
  expect(health).toMatchObject({
    cause: expect.stringMatching(/^v2 · r2 answers \d+ % errors \(target 1 %\)$/),
    revision: 2,
    after: { plan: 3 },
  });
  const message = await told("incident.opened");
  expect(message).toMatchObject({
    signed: true,
    body: {
      url: expect.stringMatching(/^https:\/\/slipway\.example\.com\/incidents\/[0-9a-f-]{36}$/),
      incident: { endpoint: "watched", environment: "local", severity: "Degraded", revision: 2, afterChange: 3 },
    },
  });
  const [incident, ...more] = await incidents();
  expect(more).toEqual([]);
  expect(incident).toMatchObject({
    state: "open",
    revision: 2,
    target: "errorRatioMax",
    threshold: 0.01,
    after: { plan: 3 },
    acknowledgedBy: null,
  });
  expect(message.body.url).toBe(`https://slipway.example.com/incidents/${incident.id}`);
  await until("the plan to be known for it", async () => (await markedPlans()).length > 0);
  expect(await markedPlans()).toEqual([3]);
});

const markedPlans = async () => {
  const rows = await world.db.read.$queryRaw<{ number: number }[]>`
    SELECT p.number FROM "TrafficPlan" p JOIN "TrafficPlanStatus" s ON s."planId" = p.id
    WHERE s."missedTargetsAt" IS NOT NULL`;
  return rows.map(({ number }) => number);
};

test("the preview of a rollback names the plan that the rollback then takes", async () => {
  const preview = await world.call("GET", "/endpoints/watched/rollback");
  expect(preview).toMatchObject({
    target: { plan: 2, warm: true, waitSeconds: 1, entries: [{ revision: 1, weightPercent: 100 }, { revision: 2 }] },
    leaves: { plan: 3 },
    unlikelyToHelp: null,
    why: null,
  });
});

test("acknowledge, silence and resolve are audited once each; only an operator may; the second says nothing new", async () => {
  const [{ id }] = await incidents();
  const scientist = await world.rest.tokenFor("scientist");
  const refused = await world.rest.call("POST", `/incidents/${id}/acknowledge`, { token: scientist, body: {} });
  expect(refused.body).toMatchObject({ status: 403, rolesThatCan: ["operator", "administrator"] });
  for (const _ of [1, 2])
    expect(await world.call("POST", `/incidents/${id}/acknowledge`, { body: { reason: "looking" } })).toMatchObject({
      state: "acknowledged",
      acknowledgedBy: "admin token",
    });
  await told("incident.acknowledged");
  const silenced = await world.call("POST", `/incidents/${id}/silence`, { body: { minutes: 30 } });
  expect(Date.parse(silenced.silencedUntil)).toBeGreaterThan(Date.now() + 29 * 60_000);
  await world.call("POST", `/incidents/${id}/notes`, { body: { text: "the new scaler divides by zero" } });
  const audit = (await world.call("GET", "/audit?subjectKind=incident")).items;
  expect(audit.map((row: { action: string }) => row.action)).toEqual([
    "incident.note",
    "incident.silence",
    "incident.acknowledge",
  ]);
});

test("an incident tells what changed before it, what was done to it and who was told, in order", async () => {
  const [{ id }] = await incidents();
  const empty = await world.rest.call("POST", `/incidents/${id}/notes`, { body: { text: " " } });
  expect(empty.body).toMatchObject({ status: 422, errors: [{ path: "text" }] });
  const detail = await world.call("GET", `/incidents/${id}`);
  expect(detail).toMatchObject({ id, version: "2", revision: 2 });
  expect(detail.plans.map(({ number }: { number: number }) => number)).toEqual([3, 2, 1]);
  expect(detail.acts.map(({ action, reason }: { action: string; reason: string }) => [action, reason])).toEqual([
    ["incident.acknowledge", "looking"],
    ["incident.silence", ""],
    ["incident.note", "the new scaler divides by zero"],
  ]);
  expect(detail.messages.map(({ event }: { event: string }) => event)).toEqual([
    "incident.opened",
    "incident.acknowledged",
  ]);
  for (const { deliveredAt } of detail.messages) expect(deliveredAt).not.toBeNull();
});

test("after the rollback the incident ends by itself, and whoever was told of it is told, silence or not", async () => {
  await world.call("POST", "/endpoints/watched/rollback", { body: {} });
  await untilApplied(world, "watched", 4);
  await healthIs("Healthy");
  await until("the incident to end", async () => (await incidents()).length === 0);
  const [incident] = await incidents("resolved");
  expect(incident).toMatchObject({ state: "resolved", resolvedBy: "Slipway", acknowledgedBy: "admin token" });
  await told("incident.resolved");
  expect(received.map(({ event }) => event)).toEqual(["incident.opened", "incident.acknowledged", "incident.resolved"]);
});

test("a candidate that refuses what the other takes: an incident names both, and the plan is known for it", async () => {
  traffic.set("2", { perSecond: 20, errors: 0, refused: 1 });
  // Its errors of before would open an incident of their own.
  await until("the refusals to be measured", async () => {
    const { revisions } = await world.call("GET", "/endpoints/watched/metrics");
    const r2 = revisions.find(({ revision }: { revision: number }) => revision === 2);
    return r2.refusedRatio.at(-1) > 0.999;
  });
  await putTraffic(world, "watched", 4, { 1: 50, 2: 50 });
  await untilApplied(world, "watched", 5);
  const [incident, ...more] = await until("an incident", async () => {
    const open = await incidents();
    return open.length > 0 && open;
  });
  expect(more).toEqual([]);
  expect(incident).toMatchObject({
    cause: expect.stringMatching(/^v2 · r2 refuses \d+ % of its requests, v1 · r1 0 % \(target 1 %\)$/),
    revision: 2,
    target: "errorRatioMax",
    threshold: 0.01,
    after: { plan: 5 },
  });
  await until("the plan to be known for it", async () => (await markedPlans()).includes(5));
  await world.call("POST", "/endpoints/watched/rollback", { body: {} });
  await untilApplied(world, "watched", 6);
  await until("the incident to end", async () => (await incidents()).length === 0);
  expect((await view()).plan.entries).toContainEqual(expect.objectContaining({ revision: 1, weightPercent: 100 }));
});

test("a pod that lacks a Secret is told in one sentence with a fix, with its events", async () => {
  await addRevision(world, "watched", "scale", 1, { env: { KEY: { secretRef: { name: "keys", key: "k" } } } });
  const found = await until("a reason", async () => {
    const { items } = await world.call("GET", "/endpoints/watched/pods?revision=3");
    // Pods and events are watched apart: either may be seen first.
    const isTold = items[0]?.events.some((event: { reason: string }) => event.reason === "Failed");
    return isTold && items[0].trouble !== null && items[0];
  });
  expect(found).toMatchObject({
    revision: 3,
    trouble: {
      code: "configuration",
      message: expect.stringContaining("keys"),
      fix: expect.stringContaining("Secret"),
    },
    pods: [{ phase: "Pending", ready: false, trouble: { code: "configuration" } }],
  });
});

test("a program that ends says so, and its log is read through web", async () => {
  await addRevision(world, "watched", "scale", 1, { env: { QUEUE_MAX: "0" } });
  const found = await until("a crash to be told", async () => {
    const { items } = await world.call("GET", "/endpoints/watched/pods?revision=4");
    return items[0]?.trouble !== null && items[0];
  });
  expect(found.trouble).toMatchObject({ code: "crash", message: expect.stringContaining("QUEUE_MAX") });
  const [{ name }] = found.pods;
  // Started once more just now, it has said nothing yet: its log begins anew with each start.
  const log = await until("words in its log", async () => {
    const read = await world.rest.call("GET", `/endpoints/watched/revisions/4/pods/${name}/log?tailLines=50`);
    expect(read.status).toBe(200);
    return read.body?.includes("QUEUE_MAX") && read;
  });
  expect(log.headers.get("content-type")).toContain("text/plain");
  const others = await world.rest.call("GET", `/endpoints/watched/revisions/3/pods/${name}/log`);
  expect(others.body).toMatchObject({ status: 404, code: "not_found" });
});

test("health targets are changed by one audited call, and judged by from then on", async () => {
  const body = { healthTargets: { errorRatioMax: 0.01, latencyMsP99Max: 500, readyPodsMin: 2 }, reason: "two zones" };
  expect(await world.call("PUT", "/endpoints/watched/health-targets", { body })).toMatchObject({
    healthTargets: body.healthTargets,
  });
  expect(await healthIs("Degraded")).toMatchObject({ cause: "v1 · r1 has 1 ready pod (target 2)", revision: 1 });
  const [row] = (await world.call("GET", "/audit?subjectKind=endpoint")).items;
  expect(row).toMatchObject({ action: "endpoint.setHealthTargets", before: { readyPodsMin: 1 }, reason: "two zones" });
});

test("the rule file is one that Prometheus takes, and links to the endpoint", async () => {
  const rules = await world.rest.call("GET", "/rules.yml?endpoint=watched");
  expect(rules.body).toContain("dashboard: https://slipway.example.com/endpoints/local/watched");
  expect(rules.body).toContain("runbook_url: https://slipway.example.com/incidents?environment=local&endpoint=watched");
  const file = join(dir, "rules.yml");
  await writeFile(file, rules.body);
  const promtool = join(dirname(await findPrometheus(dir)), "promtool");
  const { stdout } = await promisify(execFile)(promtool, ["check", "rules", file]);
  expect(stdout).toContain("SUCCESS: 4 rules found");
});

test("with Prometheus gone, what is missed keeps its cause and since when, and says since when nobody sees it", async () => {
  await world.call("PUT", "/endpoints/watched/health-targets", { body: { healthTargets: {} } });
  traffic.set("1", { perSecond: 20, errors: 0.4 });
  const opened = await until("an incident", async () => (await incidents())[0]);
  const before = await healthIs("Degraded");
  await stopProcess(prometheus.process, "SIGTERM", 5_000);
  const blind = await until("blindness", async () => {
    const found = (await view()).health;
    return found.blind !== null && found;
  });
  expect(blind).toMatchObject({
    state: "Degraded",
    cause: expect.stringMatching(/^v1 · r1 answers \d+ % errors \(target 1 %\)$/),
    since: before.since,
    blind: { why: "Prometheus does not answer", since: expect.stringMatching(/^20/) },
  });
  expect(await incidents()).toEqual([opened]);
  const [first, ...more] = await pages("all");
  expect(first).toEqual(opened.id);
  expect(new Set(more).size).toBe(more.length);
  expect([first, ...more]).toEqual((await incidents("all")).map(({ id }: { id: string }) => id));
  const preview = await world.call("GET", "/endpoints/watched/rollback?toPlan=3");
  expect(preview.target).toMatchObject({ plan: 3, latencyMsP95: null });
});
