import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { alertRules } from "#domain/endpoint/alert-rules.ts";
import { findPrometheus } from "#scripts/stack/prometheus.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "slipway-rules-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const promtool = async (...args: string[]) => {
  const program = join(dirname(await findPrometheus(dir)), "promtool");
  return (await promisify(execFile)(program, args, { cwd: dir })).stdout;
};

const anEndpoint = (environment: string, endpoint: string) => ({
  environment,
  endpoint,
  targets: { errorRatioMax: 0.01, latencyMsP99Max: 1_000, readyPodsMin: 1 },
  url: "https://slipway.example.com/e",
  incidentsUrl: "https://slipway.example.com/i",
});

type Series = Readonly<{ series: string; values: string }>;

/** Ten minutes of these series, a value each 15 s, by the rules of these endpoints: which alerts fire then, by these labels. */
async function expectFiring(
  endpoints: readonly string[],
  inputSeries: readonly Series[],
  by: string,
  firing: string,
): Promise<void> {
  await writeFile(join(dir, "rules.yml"), stringify(alertRules(endpoints.map((name) => anEndpoint("prod", name)))));
  const tests = {
    rule_files: ["rules.yml"],
    evaluation_interval: "15s",
    tests: [
      {
        interval: "15s",
        input_series: inputSeries,
        promql_expr_test: [
          {
            expr: `count by (${by}) (ALERTS{alertstate="firing"})`,
            eval_time: "9m",
            exp_samples: [{ labels: firing, value: 1 }],
          },
        ],
      },
    ],
  };
  await writeFile(join(dir, "tests.yml"), stringify(tests));
  expect(await promtool("test", "rules", "tests.yml")).toContain("SUCCESS");
}

test("Prometheus takes the rules of endpoints whose names run together", async () => {
  const rules = alertRules([anEndpoint("prod", "eu-fraud"), anEndpoint("prod-eu", "fraud")]);
  await writeFile(join(dir, "rules.yml"), stringify(rules));
  expect(await promtool("check", "rules", "rules.yml")).toContain("SUCCESS: 8 rules found");
});

test("an alert is raised by callers' errors, and by no forced request, not even as one of many", async () => {
  const series = (endpoint: string, role: string, code: string, perScrape: number) => ({
    series: `slipway_requests_total{environment="prod",endpoint="${endpoint}",revision="1",role="${role}",code="${code}"}`,
    values: `0+${perScrape}x40`,
  });
  const latency = (endpoint: string, le: string, perScrape: number) => ({
    series: `slipway_request_duration_seconds_bucket{environment="prod",endpoint="${endpoint}",revision="1",role="live",code="200",le="${le}"}`,
    values: `0+${perScrape}x40`,
  });
  await expectFiring(
    ["bad", "few"],
    [
      series("bad", "live", "200", 90),
      series("bad", "live", "500", 10),
      // Four a minute, half of them errors: too few to say something, however many were forced.
      series("few", "live", "500", 0.5),
      series("few", "live", "200", 0.5),
      series("few", "forced", "500", 100),
      latency("few", "1", 0),
      latency("few", "2.5", 0.5),
      latency("few", "+Inf", 0.5),
    ],
    "alertname, endpoint",
    '{alertname="SlipwayErrorRatio", endpoint="bad"}',
  );
});

test("an alert is raised by what one revision refuses and another takes, and by no callers who are refused everywhere", async () => {
  const series = (endpoint: string, revision: number, code: number, perScrape: number) => ({
    series: `slipway_requests_total{environment="prod",endpoint="${endpoint}",revision="${revision}",role="live",code="${code}"}`,
    values: `0+${perScrape}x40`,
  });
  await expectFiring(
    ["apart", "alike", "alone", "compared-with-few", "hurried"],
    [
      series("apart", 1, 200, 100),
      series("apart", 2, 400, 100),
      ...[1, 2].flatMap((revision) => [series("alike", revision, 200, 50), series("alike", revision, 422, 50)]),
      series("alone", 1, 400, 100),
      series("compared-with-few", 1, 200, 4),
      series("compared-with-few", 2, 400, 100),
      series("hurried", 1, 200, 100),
      series("hurried", 2, 429, 100),
    ],
    "alertname, endpoint, revision",
    '{alertname="SlipwayRefusedRatio", endpoint="apart", revision="2"}',
  );
});
