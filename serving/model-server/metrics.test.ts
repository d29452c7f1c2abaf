import { expect, it } from "vitest";
import { createMetrics } from "./metrics.ts";

const valuesOf = (text: string) =>
  new Map(
    text
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );

it("Buckets count what is at most their bound, the last one all, and sums are in seconds", () => {
  const metrics = createMetrics();
  for (const runMs of [0.1, 5, 5.1, 60_000]) metrics.observe({ runMs, queueMs: 0, rows: 2 });
  const values = valuesOf(metrics.text());
  const bucket = (bound: string) => values.get(`slipway_inference_duration_seconds_bucket{le="${bound}"}`);
  expect(["0.0001", "0.0025", "0.005", "0.01", "30", "+Inf"].map(bucket)).toEqual([1, 1, 2, 3, 3, 4]);
  expect(values.get("slipway_inference_duration_seconds_count")).toBe(4);
  expect(values.get("slipway_inference_duration_seconds_sum")).toBeCloseTo(60.0102);
  expect(values.get('slipway_inference_queue_seconds_bucket{le="0.0001"}')).toBe(4);
  expect(values.get("slipway_batch_rows_sum")).toBe(8);
});

it("Every line is one that Prometheus reads, each name declared once before its values", () => {
  const lines = createMetrics().text().split("\n");
  expect(lines.pop()).toBe("");
  const declared = new Set<string>();
  for (const line of lines) {
    const type = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line);
    if (type?.[1] !== undefined) {
      expect(declared).not.toContain(type[1]);
      declared.add(type[1]);
    } else if (!line.startsWith("# HELP ")) {
      const value = /^([a-z_]+?)(?:_(?:bucket\{le="[^"]+"\}|sum|count))? (\S+)$/.exec(line);
      expect(declared, line).toContain(value?.[1]);
      expect(Number(value?.[2]), line).not.toBeNaN();
    }
  }
});
