import "./no-telemetry.ts";
import { Worker } from "node:worker_threads";
import { log } from "./log.ts";
import type { Answered, Job, ThreadData, ThreadReport } from "./thread-messages.ts";

type ReadyReport = Extract<ThreadReport, { kind: "ready" }>;

export type ThreadsOptions = {
  count: number;
  data: ThreadData;
  /** Tests run one that ends when told to. */
  program?: URL;
  onReady: (report: ReadyReport) => void;
  /** The model cannot be loaded: no thread will ever answer. */
  onFailed: (failure: string) => void;
  onAnswered: (answered: Answered) => void;
  /** A thread ended, and these jobs with it. */
  onLost: (jobs: number[]) => void;
};

type Thread = { worker: Worker; ready: boolean; running: Set<number>; beganAt: number };

const INFERENCE_THREAD = new URL("./inference-thread.ts", import.meta.url);
const RESTART_DELAY_MS = 500;

/** Threads with a copy of the model each. One that ends is started again. */
export function startInferenceThreads(options: ThreadsOptions) {
  const threads = new Set<Thread>();
  let closed = false;

  /** One after the other: the first answers sooner when it has the processor to itself. */
  function startNext(): void {
    if (closed || threads.size >= options.count) return;
    const worker = new Worker(options.program ?? INFERENCE_THREAD, { workerData: options.data });
    const thread: Thread = { worker, ready: false, running: new Set(), beganAt: 0 };
    threads.add(thread);
    worker.on("message", (report: ThreadReport) => receive(thread, report));
    worker.on("error", (error) => log("error", "inference thread failed", { error: String(error) }));
    worker.on("exit", () => ended(thread));
  }

  function receive(thread: Thread, report: ThreadReport): void {
    if (report.kind === "failed") options.onFailed(report.failure);
    if (report.kind === "ready") {
      thread.ready = true;
      startNext();
      options.onReady(report);
    }
    if (report.kind === "answered") {
      thread.running.delete(report.job);
      thread.beganAt = performance.now();
      options.onAnswered(report);
    }
  }

  function ended(thread: Thread): void {
    threads.delete(thread);
    if (closed) return;
    log("error", "inference thread ended, starting another", { requestsLost: thread.running.size });
    options.onLost([...thread.running]);
    setTimeout(startNext, RESTART_DELAY_MS);
  }

  startNext();
  return {
    ready: () => [...threads].some((thread) => thread.ready),
    /** Gives `job` to the thread with the least to do; false when all have `depth` jobs already. */
    hand(job: Job, depth: number): boolean {
      const thread = leastBusy(threads, depth);
      if (thread === undefined) return false;
      if (thread.running.size === 0) thread.beganAt = performance.now();
      thread.running.add(job.job);
      thread.worker.postMessage(job, [job.body.buffer as ArrayBuffer]);
      return true;
    },
    /** Every thread has been in one run for longer than `ms`. */
    allBusyFor: (ms: number) =>
      threads.size > 0 &&
      [...threads].every(({ running, beganAt }) => running.size > 0 && performance.now() - beganAt > ms),
    close() {
      closed = true;
      for (const { worker } of threads) worker.unref();
    },
  };
}

function leastBusy(threads: ReadonlySet<Thread>, depth: number): Thread | undefined {
  let found: Thread | undefined;
  for (const thread of threads) {
    if (!thread.ready || thread.running.size >= depth) continue;
    if (found === undefined || thread.running.size < found.running.size) found = thread;
  }
  return found;
}
