import "./no-telemetry.ts";
import { Worker } from "node:worker_threads";
import type { Signature } from "#domain/shared/signature.ts";
import { log } from "./log.ts";
import { RequestError } from "./request-error.ts";
import { type Answered, epochMs, type Job, type ThreadData, type ThreadReport } from "./thread-messages.ts";

type PoolOptions = {
  threads: number;
  queueMax: number;
  timeoutMs: number;
  thread: ThreadData;
  /** Tests run one that ends when told to. */
  program?: URL;
  /** The model cannot be loaded: no thread will ever answer. */
  onFailed: (failure: string) => void;
  onReady: (signature: Signature, detail: { warmUpMs: number; failure: string | undefined }) => void;
  onAnswered: (answered: Answered, queueMs: number) => void;
};

type Waiting = {
  job: Job;
  queuedAtMs: number;
  /** Settles the caller's promise, once; later calls do nothing. */
  settle: (result: Answered | RequestError) => void;
  settled: boolean;
};

type Thread = { worker: Worker; ready: boolean; running: Map<number, Waiting>; beganAt: number };

export type ThreadPool = ReturnType<typeof createThreadPool>;

/**
 * A message to a sleeping thread takes as long as a small model's run. So a thread is handed this much work ahead, and
 * finds the next request waiting; more would only keep requests from a thread that becomes free.
 */
const WORK_AHEAD_MS = 2;
const AHEAD_MAX = 16;
const INFERENCE_THREAD = new URL("./inference-thread.ts", import.meta.url);
const RESTART_DELAY_MS = 500;
/** Threads that have run one request for so many deadlines will not come back: the pod must be restarted. */
const STUCK_DEADLINES = 4;

/**
 * Inference threads with one bounded queue before them. A thread that ends is started again; what it was running fails.
 * Each thread has its own copy of the weights.
 */
export function createThreadPool(options: PoolOptions) {
  const threads = new Set<Thread>();
  const queue = new Set<Waiting>();
  let started = 0;
  let jobCount = 0;
  let averageRunMs = 0;
  let closed = false;

  function start(): void {
    started += 1;
    const worker = new Worker(options.program ?? INFERENCE_THREAD, { workerData: options.thread });
    const thread: Thread = { worker, ready: false, running: new Map(), beganAt: 0 };
    threads.add(thread);
    worker.on("message", (report: ThreadReport) => receive(thread, report));
    worker.on("error", (error) => log("error", "inference thread failed", { error: String(error) }));
    worker.on("exit", () => ended(thread));
  }

  /** One after the other: the first answers sooner when it has the processor to itself. */
  function startNext(): void {
    if (started < options.threads) start();
  }

  function receive(thread: Thread, report: ThreadReport): void {
    if (report.kind === "failed") options.onFailed(report.failure);
    if (report.kind === "ready") {
      thread.ready = true;
      if (averageRunMs === 0) averageRunMs = report.warmUpMs;
      startNext();
      options.onReady(report.signature, report);
      dispatch();
    }
    if (report.kind === "answered") {
      const waiting = thread.running.get(report.job);
      thread.running.delete(report.job);
      thread.beganAt = performance.now();
      if (report.runMs !== undefined) averageRunMs += (report.runMs - averageRunMs) / 8;
      dispatch();
      if (waiting === undefined) return;
      options.onAnswered(report, Math.max(0, report.beganAtMs - waiting.queuedAtMs));
      waiting.settle(report);
    }
  }

  function ended(thread: Thread): void {
    threads.delete(thread);
    started -= 1;
    for (const waiting of thread.running.values()) {
      waiting.settle(new RequestError(500, "thread_ended", "the inference thread ended while it ran this request"));
    }
    if (closed) return;
    log("error", "inference thread ended, starting another", { requestsLost: thread.running.size });
    setTimeout(() => closed || startNext(), RESTART_DELAY_MS);
  }

  function dispatch(): void {
    const depth = Math.max(1, Math.min(AHEAD_MAX, Math.floor(WORK_AHEAD_MS / Math.max(averageRunMs, 0.01))));
    for (const waiting of queue) {
      const thread = leastBusy(threads, depth);
      if (thread === undefined) return;
      queue.delete(waiting);
      if (thread.running.size === 0) thread.beganAt = performance.now();
      thread.running.set(waiting.job.job, waiting);
      thread.worker.postMessage(waiting.job, [waiting.job.body.buffer as ArrayBuffer]);
    }
  }

  /**
   * Runs one request. `body` must own its ArrayBuffer, which moves to the thread. `answered` rejects with RequestError:
   * 429 when the queue is full, 504 past the deadline, 499 after `cancel` (nobody is left to hear it).
   */
  function submit(body: Uint8Array, headerLength: number | undefined): { answered: Promise<Answered>; cancel(): void } {
    if (queue.size >= options.queueMax) return { answered: Promise.reject(overloaded()), cancel: () => {} };
    const { promise, resolve, reject } = Promise.withResolvers<Answered>();
    jobCount += 1;
    const job = { job: jobCount, body, headerLength };
    const waiting: Waiting = { job, queuedAtMs: epochMs(), settle, settled: false };
    const deadline = setTimeout(() => {
      settle(new RequestError(504, "deadline_exceeded", `no answer within ${options.timeoutMs} ms`));
    }, options.timeoutMs);

    function settle(result: Answered | RequestError): void {
      if (waiting.settled) return;
      waiting.settled = true;
      clearTimeout(deadline);
      queue.delete(waiting);
      if (result instanceof RequestError) reject(result);
      else resolve(result);
    }

    queue.add(waiting);
    dispatch();
    const cancel = () => {
      if (!waiting.settled) settle(new RequestError(499, "client_closed", "the caller went away"));
    };
    return { answered: promise, cancel };
  }

  const overloaded = () =>
    new RequestError(429, "overloaded", `${options.queueMax} requests are waiting already; try again`);

  start();

  return {
    submit,
    ready: () => [...threads].some((thread) => thread.ready),
    /** Seconds after which a refused caller may find room. */
    retryAfterSeconds: () => Math.max(1, Math.ceil((queue.size * averageRunMs) / options.threads / 1_000)),
    /** Every thread has been in one run for several deadlines, which only ends with the process. */
    stuck: () =>
      threads.size > 0 &&
      [...threads].every(
        (thread) => thread.running.size > 0 && performance.now() - thread.beganAt > options.timeoutMs * STUCK_DEADLINES,
      ),
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
