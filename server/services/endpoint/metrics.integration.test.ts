import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "#scripts/stack/ports.ts";
import { type Started, startReady, stopProcess } from "#scripts/stack/process.ts";
import { findPrometheus } from "#scripts/stack/prometheus.ts";
import { aScalingModel } from "#test/factories/onnx.ts";
import { type Rest, startRest } from "#test/support/rest.ts";

const STEP_SECONDS = 15;
const MINUTES = 20;
let dir: string;
let prometheus: Started | undefined;
let rest: Rest;
let prometheusUrl: string;
// An hour ago, on a whole step: written into Prometheus' store beforehand, so nothing waits for scrapes.
const begin = Math.floor(Date.now() / 60_000) * 60 - 3_600;
const end = begin + MINUTES * 60;
const iso = (seconds: number) => new Date(seconds * 1_000).toISOString();

/** r1: 10 answers a second, one in ten a 500, two a 400 and one a 429, all within 50 ms, and 3 that were forced, failed and slow; r2: silent from minute 5 to 15, and no errors. */
function exposition(): string {
  const labels = (revision: number, more: string) =>
    `environment="local",endpoint="iris",revision="${revision}",model="m",version="1",${more}`;
  const counter: string[] = ["# TYPE slipway_requests counter"];
  const histogram: string[] = ["# TYPE slipway_request_duration_seconds histogram"];
  const cpu: string[] = ["# TYPE process_cpu_seconds counter"];
  const memory: string[] = ["# TYPE process_resident_memory_bytes gauge"];
  const ready: string[] = ["# TYPE slipway_ready_pods gauge"];
  const line = (to: string[], name: string, value: number, at: number) => to.push(`${name} ${value} ${at}`);
  const times = Array.from({ length: (MINUTES * 60) / STEP_SECONDS + 1 }, (_, i) => begin + i * STEP_SECONDS);
  for (const [code, perSecond] of [
    ["200", 6],
    ["400", 2],
    ["429", 1],
    ["500", 1],
  ] as const)
    for (const at of times)
      line(counter, `slipway_requests_total{${labels(1, `code="${code}",role="live"`)}}`, (at - begin) * perSecond, at);
  for (const at of times)
    line(counter, `slipway_requests_total{${labels(1, 'code="500",role="forced"')}}`, (at - begin) * 3, at);
  for (const at of times)
    if (at <= begin + 300 || at >= begin + 900)
      line(counter, `slipway_requests_total{${labels(2, 'code="200",role="live"')}}`, at - begin, at);
  for (const at of times)
    line(counter, `slipway_requests_total{${labels(2, 'code="200",role="shadow"')}}`, (at - begin) * 100, at);
  for (const [le, perSecond] of [
    ["0.02", 5],
    ["0.05", 9],
    ["+Inf", 9],
  ] as const)
    for (const at of times)
      line(
        histogram,
        `slipway_request_duration_seconds_bucket{${labels(1, `code="200",role="live",le="${le}"`)}}`,
        (at - begin) * perSecond,
        at,
      );
  for (const at of times)
    line(
      histogram,
      `slipway_request_duration_seconds_bucket{${labels(1, 'code="500",role="forced",le="+Inf"')}}`,
      (at - begin) * 3,
      at,
    );
  for (const at of times)
    line(
      cpu,
      'process_cpu_seconds_total{namespace="slipway-local",pod="iris-r1-5d9c7b8f6d-abcde"}',
      (at - begin) * 0.25,
      at,
    );
  for (const at of times)
    line(
      memory,
      'process_resident_memory_bytes{namespace="slipway-local",pod="iris-r1-5d9c7b8f6d-abcde"}',
      1_000_000,
      at,
    );
  // Asked for since less than a minute, and until after this test.
  const now = Math.floor(Date.now() / 1_000);
  for (let at = now - 45; at <= now + 300; at += STEP_SECONDS)
    line(
      counter,
      'slipway_requests_total{environment="local",endpoint="fresh",revision="1",code="200",role="live"}',
      (at - now + 45) * 7,
      at,
    );
  // As they are where a target's own label took the name of ours.
  const renamed =
    'slipway_requests_total{environment="local",endpoint="http",exported_endpoint="fresh",revision="1",code="200",role="live"}';
  for (let at = now - 45; at <= now + 300; at += STEP_SECONDS) line(counter, renamed, 7, at);
  const up: string[] = ["# TYPE up gauge"];
  for (let at = now - 45; at <= now + 300; at += STEP_SECONDS) line(up, "up", 1, at);
  // Two routers: one of them loses sight of a pod after ten minutes.
  for (const router of ["a", "b"])
    for (const at of times)
      line(
        ready,
        `slipway_ready_pods{${labels(1, `instance="${router}"`)}}`,
        router === "b" && at >= begin + 600 ? 1 : 2,
        at,
      );
  // r2 is scraped by none from minute 5 to 15, and has no pod for one scrape in minute 18.
  for (const at of times)
    if (at <= begin + 300 || at >= begin + 900)
      line(ready, `slipway_ready_pods{${labels(2, 'instance="a"')}}`, at === begin + 1_050 ? 0 : 2, at);
  return [...counter, ...histogram, ...ready, ...cpu, ...memory, ...up, "# EOF", ""].join("\n");
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "slipway-metrics-"));
  const program = await findPrometheus(dir);
  const data = join(dir, "data");
  await writeFile(join(dir, "history.txt"), exposition());
  const promtool = join(dirname(program), "promtool");
  await promisify(execFile)(promtool, ["tsdb", "create-blocks-from", "openmetrics", join(dir, "history.txt"), data]);
  await writeFile(join(dir, "prometheus.yml"), "scrape_configs: []\n");
  const port = await freePort();
  prometheus = await startReady(
    {
      command: program,
      args: [
        `--config.file=${join(dir, "prometheus.yml")}`,
        `--storage.tsdb.path=${data}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      env: { PATH: process.env.PATH },
      cwd: dir,
      logFile: join(dir, "prometheus.log"),
    },
    async () => (await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined))?.ok === true,
    30_000,
  );
  prometheusUrl = `http://127.0.0.1:${port}`;
  rest = await startRest({ PROMETHEUS_URL: prometheusUrl });
  await rest.call("POST", "/models", { body: { name: "m" } });
  const { digest } = (await rest.call("PUT", "/artifacts", { raw: aScalingModel(2) })).body;
  await rest.call("POST", "/models/m/versions", { body: { artifact: digest } });
  for (const name of ["iris", "fresh"]) await rest.call("POST", "/endpoints", { body: { name, environment: "local" } });
  // As old as what is measured of it.
  await rest.container.services.db.read.endpoint.updateMany({
    where: { name: "iris" },
    data: { createdAt: new Date(begin * 1_000) },
  });
  for (const _ of [1, 2]) await rest.call("POST", "/endpoints/iris/revisions", { body: { model: "m", version: "1" } });
});
afterAll(async () => {
  await rest?.close();
  if (prometheus !== undefined) await stopProcess(prometheus.process, "SIGTERM", 5_000);
  await rm(dir, { recursive: true, force: true });
});

const read = (query: string) => rest.call("GET", `/endpoints/iris/metrics?${query}`);
const range = () => `from=${iso(begin + 120)}&to=${iso(end)}&stepSeconds=60`;

test("rates, error shares and latencies of each revision are what was scraped, and forced requests only rates", async () => {
  const { body } = await read(range());
  const r1 = body.revisions.find((series: { revision: number }) => series.revision === 1);
  expect(body.timestamps).toHaveLength(MINUTES - 1);
  for (const value of r1.requestsPerSecond) expect(value).toBeCloseTo(13, 6);
  for (const value of r1.errorRatio) expect(value).toBeCloseTo(0.1, 6);
  for (const value of r1.refusedRatio) expect(value).toBeCloseTo(0.2, 6);
  for (const value of r1.latencyMsP99) expect(value).toBeCloseTo(49.325, 3);
  expect(new Set(r1.memoryBytes)).toEqual(new Set([1_000_000]));
});

test("silence is a gap and never a zero; a revision without errors or refusals has the share zero; shadows count for nothing", async () => {
  const { body } = await read(range());
  const r2 = body.revisions.find((series: { revision: number }) => series.revision === 2);
  const at = (minute: number) => body.timestamps.indexOf(iso(begin + minute * 60));
  expect(r2.requestsPerSecond[at(10)]).toBeNull();
  expect(r2.errorRatio[at(10)]).toBeNull();
  expect(r2.requestsPerSecond[at(18)]).toBeCloseTo(1, 6);
  expect(r2.refusedRatio[at(10)]).toBeNull();
  expect([r2.errorRatio[at(18)], r2.refusedRatio[at(18)]]).toEqual([0, 0]);
  expect(new Set(r2.gpuUtilization)).toEqual(new Set([null]));
});

test("ready pods are as few as any router sees", async () => {
  const { body } = await read(range());
  const r1 = body.revisions.find((series: { revision: number }) => series.revision === 1);
  const at = (minute: number) => body.timestamps.indexOf(iso(begin + minute * 60));
  expect([r1.readyPods[at(5)], r1.readyPods[at(15)]]).toEqual([2, 1]);
});

test("a gauge that nobody scraped is a gap and no flat line, and a dip between two points is seen", async () => {
  const { body } = await read(range());
  const r2 = body.revisions.find((series: { revision: number }) => series.revision === 2);
  const at = (minute: number) => body.timestamps.indexOf(iso(begin + minute * 60));
  expect([4, 7, 17, 18, 19].map((minute) => r2.readyPods[at(minute)])).toEqual([2, null, 2, 0, 2]);
});

test("charts of an endpoint begin with it, and hold nothing of another that had its name", async () => {
  const db = rest.container.services.db.read;
  const { uid, createdAt, environmentId } = await db.endpoint.findFirstOrThrow({ where: { name: "iris" } });
  const createAt = (seconds: number) =>
    db.endpoint.update({ where: { uid }, data: { createdAt: new Date(seconds * 1_000) } });
  const values = async () => {
    const { body } = await read(range());
    const [r1] = body.revisions.filter((series: { revision: number }) => series.revision === 1);
    return body.timestamps.flatMap((at: string, index: number) =>
      r1.requestsPerSecond[index] === null && r1.readyPods[index] === null ? [] : [at],
    );
  };
  await createAt(begin + 600);
  expect((await values())[0]).toBe(iso(begin + 600));
  const { uid: before } = await db.endpoint.create({
    data: {
      name: "iris",
      environmentId,
      salt: "",
      healthTargets: {},
      createdBy: "test",
      deletedAt: new Date((begin + 590) * 1_000),
    },
  });
  // A rate of the minute before would be the other one's.
  expect((await values())[0]).toBe(iso(begin + 660));
  const overview = (await rest.call("GET", "/overview")).body;
  const row = overview.endpoints.find((endpoint: { name: string }) => endpoint.name === "iris");
  const first = row.requestsPerSecond.findIndex((value: number | null) => value !== null);
  expect(Date.parse(overview.timestamps[first])).toBeGreaterThanOrEqual((begin + 710) * 1_000);
  await db.endpoint.delete({ where: { uid: before } });
  await db.endpoint.update({ where: { uid }, data: { createdAt } });
});

/** What somebody would type into Prometheus, written without our query builder. */
const BY_HAND: Readonly<Record<string, (revision: number) => string>> = {
  requestsPerSecond: (r) => `sum(rate(slipway_requests_total{endpoint="iris",revision="${r}",role!="shadow"}[1m]))`,
  errorRatio: (r) =>
    `sum(rate(slipway_requests_total{endpoint="iris",revision="${r}",role="live",code="500"}[1m])) / sum(rate(slipway_requests_total{endpoint="iris",revision="${r}",role="live"}[1m]))`,
  refusedRatio: (r) =>
    `sum(rate(slipway_requests_total{endpoint="iris",revision="${r}",role="live",code="400"}[1m])) / sum(rate(slipway_requests_total{endpoint="iris",revision="${r}",role="live"}[1m]))`,
  latencyMsP50: (r) => quantileByHand(0.5, r),
  latencyMsP95: (r) => quantileByHand(0.95, r),
  latencyMsP99: (r) => quantileByHand(0.99, r),
  cpuCores: (r) => `sum(rate(process_cpu_seconds_total{pod=~"iris-r${r}-.+"}[1m]))`,
  readyPods: (r) => `min(slipway_ready_pods{endpoint="iris",revision="${r}"})`,
  memoryBytes: (r) => `sum(process_resident_memory_bytes{pod=~"iris-r${r}-.+"})`,
};
const quantileByHand = (quantile: number, revision: number) =>
  `histogram_quantile(${quantile}, sum by (le) (rate(slipway_request_duration_seconds_bucket{endpoint="iris",revision="${revision}",role="live"}[1m]))) * 1000`;

test.each(Object.entries(BY_HAND))(
  "%s on a chart is what Prometheus answers to a query made by hand",
  async (name, promql) => {
    const { body } = await read(range());
    const asked = new URLSearchParams({
      query: promql(1),
      start: String(begin + 120),
      end: String(end),
      step: "60",
    });
    const answer = await fetch(`${prometheusUrl}/api/v1/query_range?${asked}`);
    const [series] = ((await answer.json()) as { data: { result: { values: [number, string][] }[] } }).data.result;
    const expected = new Map(series?.values.map(([at, value]) => [iso(at), Number(value)]));
    const r1 = body.revisions.find((one: { revision: number }) => one.revision === 1);
    expect(expected.size).toBe(body.timestamps.length);
    for (const [index, at] of body.timestamps.entries())
      expect(r1[name][index]).toBeCloseTo(expected.get(at) ?? Number.NaN, 9);
  },
);

test("the overview tells of the last minute what is asked for now, and of the hour before what was", async () => {
  const { body } = await rest.call("GET", "/overview");
  const row = (name: string) => body.endpoints.find((endpoint: { name: string }) => endpoint.name === name);
  expect(Date.now() - Date.parse(body.timestamps.at(-1))).toBeLessThan(30_000);
  // Prometheus takes what lies outside of a young series for nothing: a little less than the 7 it has.
  expect(row("fresh").requestsPerSecond.at(-1)).toBeGreaterThan(3.5);
  expect(row("fresh").requestsPerSecond.at(-1)).toBeLessThan(7.01);
  expect(row("fresh").errorRatio.at(-1)).toBe(0);
  const iris = row("iris").requestsPerSecond;
  expect(iris).toHaveLength(body.timestamps.length);
  expect(iris.at(-1)).toBeNull();
  expect(Math.max(...iris.slice(0, -1))).toBeCloseTo(14, 6);
});

test("series whose labels the scrape took for its own are told of", async () => {
  const { checks } = (await rest.call("GET", "/system")).body;
  expect(checks.find(({ name }: { name: string }) => name === "Metrics")).toMatchObject({
    state: "failed",
    sentence: expect.stringContaining("1 of 2 series"),
  });
});

test("a range that is empty, backward or too fine is refused", async () => {
  expect((await read(`from=${iso(end)}&to=${iso(begin)}`)).body).toMatchObject({
    status: 422,
    errors: [{ path: "from" }],
  });
  expect((await read(`from=${iso(begin - 86_400)}&to=${iso(end)}&stepSeconds=1`)).body.errors[0].path).toBe(
    "stepSeconds",
  );
  expect((await read("from=yesterday")).body.errors[0].path).toBe("from");
});

test("with Prometheus gone the answer is 503 and says since when, the same moment each time", async () => {
  if (prometheus === undefined) throw new Error("it did not start");
  await stopProcess(prometheus.process, "SIGTERM", 5_000);
  const first = await read(range());
  const second = await read(range());
  expect(first.body).toMatchObject({ status: 503, code: "unavailable", since: expect.any(String) });
  expect(second.body.since).toBe(first.body.since);
});
