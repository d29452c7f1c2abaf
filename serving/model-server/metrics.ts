import { collectDefaultMetrics, Histogram, Registry } from "prom-client";

export type Metrics = ReturnType<typeof createMetrics>;

const SECONDS = [
  0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];
const ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** What a pod of a revision tells Prometheus. Which model it is, the pod's labels say. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, registers: [registry] });
  const duration = histogram("slipway_inference_duration_seconds", "Time inside ONNX Runtime, per run", SECONDS);
  const queued = histogram(
    "slipway_inference_queue_seconds",
    "Time from the body's end to a thread's beginning",
    SECONDS,
  );
  const rows = histogram("slipway_batch_rows", "Rows (first dimension of the first input) per run", ROWS);
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    observe(measured: { runMs: number; queueMs: number; rows: number }) {
      duration.observe(measured.runMs / 1_000);
      queued.observe(measured.queueMs / 1_000);
      rows.observe(measured.rows);
    },
  };
}
