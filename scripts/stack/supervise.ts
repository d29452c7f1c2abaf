import { setTimeout as sleep } from "node:timers/promises";
import { type Started, stopProcess } from "./process.ts";

/** Something that runs as one process. */
export type Component = Readonly<{
  name: string;
  /** Resolves when it can be used; throws, and leaves nothing running, when it cannot be. */
  start(): Promise<Started>;
  stopSignal: NodeJS.Signals;
  /** After that, SIGKILL. */
  stopGraceMs: number;
}>;

export type Supervised = Readonly<{ name: string; stop(): Promise<void> }>;

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
const STEADY_MS = 30_000;

/**
 * Starts it, then starts it again whenever it ends, ever more slowly while it does not stay up; no more once `stop` is
 * called or `stopAsked` aborted.
 */
export async function supervise(
  component: Component,
  say: (line: string) => void,
  stopAsked: AbortSignal = new AbortController().signal,
): Promise<Supervised> {
  const { name, stopSignal, stopGraceMs } = component;
  const own = new AbortController();
  const stopping = AbortSignal.any([own.signal, stopAsked]);
  let current = await component.start();

  const keepUp = async () => {
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      const sinceMs = performance.now();
      const how = await current.exited;
      if (performance.now() - sinceMs > STEADY_MS) pauseMs = FIRST_PAUSE_MS;
      if (stopping.aborted) return;
      say(`${name} ended (${how}); starting it again in ${pauseMs / 1000} s`);
      await sleep(pauseMs, undefined, { signal: stopping }).catch(() => undefined);
      if (stopping.aborted) return;
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      try {
        current = await component.start();
        if (stopping.aborted) return;
        say(`${name} runs again`);
      } catch (error) {
        current = { process: current.process, exited: Promise.resolve((error as Error).message) };
      }
    }
  };
  const watching = keepUp();

  return {
    name,
    async stop() {
      own.abort();
      await stopProcess(current.process, stopSignal, stopGraceMs);
      await watching;
      // A start under way when we were told to stop has come up since.
      await stopProcess(current.process, stopSignal, stopGraceMs);
    },
  };
}

/** Waits for all of them even when one fails, so that none is left coming up behind our back. */
export async function allOrFirstError<const T extends readonly Promise<unknown>[]>(work: T) {
  await Promise.allSettled(work);
  return Promise.all(work);
}
