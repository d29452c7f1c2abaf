import { startInferenceThreads, type ThreadsOptions } from "./inference-threads.ts";
import { RequestError } from "./request-error.ts";
import { type Answered, epochMs, type Job } from "./thread-messages.ts";

export type PoolOptions = Omit<ThreadsOptions, "onAnswered" | "onLost" | "runMsMax"> & {
  /** Requests that may wait for a thread. */
  queueMax: number;
  timeoutMs: number;
  /** Also of a run whose caller has gone. */
  onAnswered: (answered: Answered, queueMs: number) => void;
};

type Waiting = {
  job: Job;
  queuedAtMs: number;
  /** Settles the caller's promise; later calls do nothing. */
  settle: (result: Answered | RequestError) => void;
  settled: () => boolean;
};

export type ThreadPool = ReturnType<typeof createThreadPool>;

/**
 * A message to a sleeping thread takes as long as a small model's run. So a thread is handed this much work ahead, and
 * finds the next request waiting; more would only keep requests from a thread that becomes free.
 */
const WORK_AHEAD_MS = 4;
const AHEAD_MAX = 16;
/** Fewer abandoned threads are no reason to end a pod that serves, though each takes a processor and a copy of the model. */
const ABANDONED_MIN = 2;

/** One bounded queue before the inference threads. */
export function createThreadPool(options: PoolOptions) {
  const queue = new Set<Waiting>();
  const running = new Map<number, Waiting>();
  let jobCount = 0;
  let averageRunMs = 0;

  const threads = startInferenceThreads({
    ...options,
    runMsMax: options.timeoutMs,
    onReady(report) {
      if (averageRunMs === 0) averageRunMs = report.warmUpMs;
      options.onReady(report);
      dispatch();
    },
    onAnswered(answered) {
      const waiting = taken(answered.job);
      if (answered.runMs !== undefined) averageRunMs += (answered.runMs - averageRunMs) / 8;
      dispatch();
      if (waiting === undefined) return;
      options.onAnswered(answered, Math.max(0, answered.beganAtMs - waiting.queuedAtMs));
      waiting.settle(answered);
    },
    onLost(why, ran, waiting) {
      if (ran !== undefined) taken(ran)?.settle(lost(why, options.timeoutMs));
      putFirst(
        queue,
        waiting.flatMap((job) => taken(job) ?? []).filter(({ settled }) => !settled()),
      );
      dispatch();
    },
  });

  function taken(job: number): Waiting | undefined {
    const waiting = running.get(job);
    running.delete(job);
    return waiting;
  }

  function dispatch(): void {
    for (const waiting of queue) {
      if (!threads.hand(waiting.job, depthFor(averageRunMs))) return;
      queue.delete(waiting);
      running.set(waiting.job.job, waiting);
    }
  }

  return {
    /**
     * Runs one request. `body` must own its ArrayBuffer, which moves to the thread. `answered` rejects with RequestError:
     * 429 when the queue is full, 504 past the deadline, 499 after `cancel` (nobody is left to hear it).
     */
    submit(body: Uint8Array, headerLength: number | undefined): { answered: Promise<Answered>; cancel(): void } {
      if (queue.size >= options.queueMax) return { answered: Promise.reject(overloaded(queue.size)), cancel: () => {} };
      jobCount += 1;
      const entry = waitingFor({ job: jobCount, body, headerLength }, options.timeoutMs, () =>
        queue.delete(entry.waiting),
      );
      queue.add(entry.waiting);
      dispatch();
      return entry;
    },
    ready: threads.ready,
    /** Seconds after which a refused caller may find room. */
    retryAfterSeconds: () => Math.max(1, Math.ceil((queue.size * averageRunMs) / options.count / 1_000)),
    /** As many threads never came back as there should be: nothing but an end of the process frees the processors. */
    stuck: () => threads.abandoned() >= Math.max(ABANDONED_MIN, options.count),
    running: threads.running,
    close: threads.close,
  };
}

const depthFor = (averageRunMs: number) =>
  Math.max(1, Math.min(AHEAD_MAX, Math.floor(WORK_AHEAD_MS / Math.max(averageRunMs, 0.01))));

function putFirst<T>(queue: Set<T>, first: readonly T[]): void {
  const later = [...queue];
  queue.clear();
  for (const entry of [...first, ...later]) queue.add(entry);
}

const overloaded = (waiting: number) =>
  new RequestError(429, "overloaded", `${waiting} requests are waiting already; try again`);

const lost = (why: "ended" | "overran", timeoutMs: number) =>
  why === "overran"
    ? new RequestError(504, "deadline_exceeded", `no answer within ${timeoutMs} ms`)
    : new RequestError(500, "thread_ended", "the inference thread ended while it ran this request");

/** A job with its deadline. `onSettled` is called once, whatever comes first: answer, deadline or `cancel`. */
function waitingFor(job: Job, timeoutMs: number, onSettled: () => void) {
  const { promise, resolve, reject } = Promise.withResolvers<Answered>();
  let settled = false;
  const deadline = setTimeout(() => {
    settle(lost("overran", timeoutMs));
  }, timeoutMs);

  function settle(result: Answered | RequestError): void {
    if (settled) return;
    settled = true;
    clearTimeout(deadline);
    onSettled();
    if (result instanceof RequestError) reject(result);
    else resolve(result);
  }

  const waiting: Waiting = { job, queuedAtMs: epochMs(), settle, settled: () => settled };
  return {
    waiting,
    answered: promise,
    cancel() {
      if (!settled) settle(new RequestError(499, "client_closed", "the caller went away"));
    },
  };
}
