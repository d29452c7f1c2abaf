export type Metrics = ReturnType<typeof createMetrics>;

const SECONDS = [
  0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];
const ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/**
 * What a pod of a revision tells Prometheus, in its text format 0.0.4. Which model it is, the pod's labels say.
 * Written by hand: loading a client library takes as much processor time as the rest of a pod's start.
 */
export function createMetrics() {
  const duration = createHistogram("slipway_inference_duration_seconds", "Time inside ONNX Runtime, per run", SECONDS);
  const queued = createHistogram(
    "slipway_inference_queue_seconds",
    "Time from the body's end to a thread's beginning",
    SECONDS,
  );
  const rows = createHistogram("slipway_batch_rows", "Rows (first dimension of the first input) per run", ROWS);
  const startedAtSeconds = Date.now() / 1_000 - process.uptime();
  return {
    contentType: "text/plain; version=0.0.4; charset=utf-8",
    text: () => [duration.text(), queued.text(), rows.text(), processText(startedAtSeconds)].join(""),
    observe(measured: { runMs: number; queueMs: number; rows: number }) {
      duration.observe(measured.runMs / 1_000);
      queued.observe(measured.queueMs / 1_000);
      rows.observe(measured.rows);
    },
  };
}

/** `bounds`: upper bounds, inclusive and ascending; what is above the last counts in `+Inf` only. */
function createHistogram(name: string, help: string, bounds: readonly number[]) {
  const counts = new Array<number>(bounds.length + 1).fill(0);
  let sum = 0;
  return {
    observe(value: number) {
      const found = bounds.findIndex((bound) => value <= bound);
      const bucket = found === -1 ? bounds.length : found;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      sum += value;
    },
    text() {
      let count = 0;
      const buckets = counts.map((own, index) => {
        count += own;
        return `${name}_bucket{le="${bounds[index] ?? "+Inf"}"} ${count}\n`;
      });
      return `${headOf(name, help, "histogram")}${buckets.join("")}${name}_sum ${sum}\n${name}_count ${count}\n`;
    },
  };
}

/** The names under which every client library tells these. */
function processText(startedAtSeconds: number): string {
  const { user, system } = process.cpuUsage();
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
  const one = (name: string, help: string, type: string, value: number) =>
    `${headOf(name, help, type)}${name} ${value}\n`;
  return [
    one("process_cpu_user_seconds_total", "User processor time", "counter", user / 1e6),
    one("process_cpu_system_seconds_total", "System processor time", "counter", system / 1e6),
    one("process_cpu_seconds_total", "Processor time", "counter", (user + system) / 1e6),
    one("process_start_time_seconds", "Start, since the Unix epoch", "gauge", startedAtSeconds),
    one("process_resident_memory_bytes", "Resident memory", "gauge", rss),
    one("nodejs_heap_size_total_bytes", "Heap of the main thread", "gauge", heapTotal),
    one("nodejs_heap_size_used_bytes", "Heap of the main thread in use", "gauge", heapUsed),
    one("nodejs_external_memory_bytes", "Memory outside the heap that its objects hold", "gauge", external),
  ].join("");
}

const headOf = (name: string, help: string, type: string) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
