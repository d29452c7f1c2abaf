import { expect, test } from "vitest";
import { RequestMetrics } from "./request-metrics.ts";

const labels = { environment: "local", endpoint: "iris", revision: 3, model: 'a "b"\\c', version: "2" };

test("counts and a cumulative histogram with every label the dashboards use", () => {
  const metrics = new RequestMetrics();
  const entry = metrics.entry(labels);
  for (const durationMs of [0.5, 1, 4, 20_000, 30_000]) entry.record("live", 200, durationMs);
  entry.record("fallback", 503, 4);
  const text = metrics.render();
  const own =
    'environment="local",endpoint="iris",revision="3",model="a \\"b\\"\\\\c",version="2",code="200",role="live"';
  expect(text).toContain(`slipway_requests_total{${own}} 5\n`);
  expect(text).toContain(`slipway_request_duration_seconds_bucket{${own},le="0.001"} 2\n`);
  expect(text).toContain(`slipway_request_duration_seconds_bucket{${own},le="0.005"} 3\n`);
  expect(text).toContain(`slipway_request_duration_seconds_bucket{${own},le="20"} 4\n`);
  expect(text).toContain(`slipway_request_duration_seconds_bucket{${own},le="30"} 5\n`);
  expect(text).toContain(`slipway_request_duration_seconds_bucket{${own},le="+Inf"} 5\n`);
  expect(text).toContain(`slipway_request_duration_seconds_count{${own}} 5\n`);
  expect(text).toContain(`slipway_request_duration_seconds_sum{${own}} 50.0055\n`);
  expect(text).toContain('code="503",role="fallback"} 1\n');
});

test("what may come of callers is counted from 0 on, so that the first errors are seen too; buckets only once something came", () => {
  const metrics = new RequestMetrics();
  const entry = metrics.entry(labels);
  entry.expectCallers();
  const text = metrics.render();
  for (const code of [200, 400, 500, 502, 503, 504]) expect(text).toContain(`code="${code}",role="live"} 0\n`);
  expect(text).toContain('code="503",role="fallback"} 0\n');
  expect(text).not.toContain("_bucket{");
  entry.record("live", 500, 1);
  expect(metrics.render()).toContain('code="500",role="live"} 1\n');
  expect(metrics.render()).toContain('code="500",role="live",le="+Inf"} 1\n');
});

test("the same entry under a new plan goes on counting; one that no plan names is forgotten after a while", () => {
  const metrics = new RequestMetrics();
  const kept = metrics.entry(labels);
  const gone = metrics.entry({ ...labels, revision: 2 });
  kept.record("live", 200, 1);
  gone.record("live", 200, 1);
  expect(metrics.entry(labels)).toBe(kept);
  const now = performance.now();
  metrics.retire(new Set([kept]), now + 14 * 60_000);
  expect(metrics.render()).toContain('revision="2"');
  metrics.retire(new Set([kept]), now + 16 * 60_000);
  expect(metrics.render()).not.toContain('revision="2"');
  expect(metrics.render()).toContain('revision="3"');
});
