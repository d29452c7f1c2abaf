import "./no-telemetry.ts";
import { Worker } from "node:worker_threads";
import { log } from "./log.ts";
import { type Answered, END, type Job, type ThreadData, type ThreadReport } from "./thread-messages.ts";

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
  /** A run that takes longer costs its thread, which another replaces. */
  runMsMax: number;
  /** A thread is lost, and `ran` with it. It had not begun any of `waiting`, whose bodies are whole. */
  onLost: (why: "ended" | "overran", ran: number | undefined, waiting: number[]) => void;
};

type Thread = {
  worker: Worker;
  ready: boolean;
  /** In the order in which the thread runs them. */
  running: Set<number>;
  watchdog: Watchdog;
};

const INFERENCE_THREAD = new URL("./inference-thread.ts", import.meta.url);
const RESTART_DELAY_MS = 500;

/**
 * Threads with a copy of the model each. One that ends, or runs longer than `runMsMax`, is replaced. Nothing can stop a run
 * inside the runtime, not even the end of its thread: such a thread is left to itself, and costs a processor until it ends.
 */
function keepThreads(options: ThreadsOptions) {
  const threads = new Set<Thread>();
  const abandoned = new Set<Thread>();
  let closed = false;

  /** One after the other: the first answers sooner when it has the processor to itself. */
  function startNext(): void {
    if (closed || threads.size >= options.count) return;
    const worker = new Worker(options.program ?? INFERENCE_THREAD, { workerData: options.data });
    const running = new Set<number>();
    const watchdog = createWatchdog(
      options.runMsMax,
      () => running.size > 0,
      () => giveUp(thread),
    );
    const thread: Thread = { worker, ready: false, running, watchdog };
    threads.add(thread);
    worker.on("message", (report: ThreadReport) => receive(thread, report));
    worker.on("error", (error) => log("error", "inference thread failed", { error: String(error) }));
    worker.on("exit", () => ended(thread));
  }

  function receive(thread: Thread, report: ThreadReport): void {
    if (abandoned.has(thread)) return;
    if (report.kind === "failed") options.onFailed(report.failure);
    if (report.kind === "ready") {
      thread.ready = true;
      startNext();
      options.onReady(report);
    }
    if (report.kind === "answered") {
      thread.running.delete(report.job);
      thread.watchdog.began();
      options.onAnswered(report);
    }
  }

  function giveUp(thread: Thread): void {
    if (closed || !threads.has(thread)) return;
    threads.delete(thread);
    abandoned.add(thread);
    log("error", "inference thread does not come back, starting another", { abandoned: abandoned.size });
    tellLost("overran", thread, options);
    // By message: terminated inside a run, the runtime's binding would take the whole process with it.
    thread.worker.postMessage(END);
    startNext();
  }

  function ended(thread: Thread): void {
    thread.watchdog.stop();
    if (abandoned.delete(thread) || closed) return;
    threads.delete(thread);
    log("error", "inference thread ended, starting another");
    tellLost("ended", thread, options);
    setTimeout(startNext, RESTART_DELAY_MS);
  }

  startNext();
  return {
    threads,
    abandoned,
    close() {
      closed = true;
      for (const { worker } of [...threads, ...abandoned]) worker.unref();
    },
  };
}

function tellLost(why: "ended" | "overran", { running }: Thread, { onLost }: ThreadsOptions): void {
  const [ran, ...waiting] = running;
  onLost(why, ran, waiting);
}

/** Starts the threads and hands them their work. */
export function startInferenceThreads(options: ThreadsOptions) {
  const { threads, abandoned, close } = keepThreads(options);
  return {
    ready: () => [...threads].some((thread) => thread.ready),
    /** Gives `job` to the thread with the least to do; false when all have `depth` jobs already. */
    hand(job: Job, depth: number): boolean {
      const thread = leastBusy(threads, depth);
      if (thread === undefined) return false;
      const isNext = thread.running.size === 0;
      thread.running.add(job.job);
      if (isNext) thread.watchdog.began();
      // What waits behind another keeps its body: should that one cost the thread, another thread runs it.
      thread.worker.postMessage(job, isNext ? [job.body.buffer as ArrayBuffer] : []);
      return true;
    },
    /** Threads that were replaced and still burn a processor. */
    abandoned: () => abandoned.size,
    /** Whether a thread is inside a run. */
    running: () => abandoned.size > 0 || [...threads].some(({ running }) => running.size > 0),
    close,
  };
}

type Watchdog = { began(): void; stop(): void };

/** Calls `overran` when what `began` last takes longer than `ms`. */
function createWatchdog(ms: number, isRunning: () => boolean, overran: () => void): Watchdog {
  let beganAt = 0;
  let timer: NodeJS.Timeout | undefined;
  /** In a turn of its own: an answer that is already here must be heard first. */
  function judge(): void {
    if (timer === undefined || !isRunning()) return;
    // A timer may come a moment before its time.
    if (performance.now() - beganAt < ms) timer.refresh();
    else overran();
  }
  return {
    began() {
      beganAt = performance.now();
      // Armed also when nothing runs: to refresh a timer costs less than to start one for each run.
      timer ??= setTimeout(() => setImmediate(judge), ms).unref();
      timer.refresh();
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
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
