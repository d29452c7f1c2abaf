import { setImmediate as nextTurn } from "node:timers/promises";

/** Longest time one turn may keep the event loop before HTTP requests get theirs. */
const TURN_MS = 5;
const RETRY_FIRST_MS = 5;
const RETRY_MAX_MS = 30_000;
const MAX_TIMER_MS = 2 ** 31 - 1;

export type KeyQueue = {
  add(key: string): void;
  /** The earliest of several pending times wins. */
  addAfter(key: string, delayMs: number): void;
  /** Resolves when every key added so far has had its turn. */
  idle(): Promise<void>;
  close(): void;
};

/** One pending time per key: the earliest asked for. */
const createAlarms = (ring: (key: string) => void) => {
  const timers = new Map<string, { timer: NodeJS.Timeout; at: number }>();
  let closed = false;
  const set = (key: string, delayMs: number) => {
    const at = Date.now() + delayMs;
    const current = timers.get(key);
    if (closed || (current !== undefined && current.at <= at)) return;
    clearTimeout(current?.timer);
    const fire = () => {
      timers.delete(key);
      ring(key);
    };
    const timer = setTimeout(fire, Math.min(delayMs, MAX_TIMER_MS)).unref();
    timers.set(key, { timer, at });
  };
  const close = () => {
    closed = true;
    for (const { timer } of timers.values()) clearTimeout(timer);
    timers.clear();
  };
  return { set, close };
};

/**
 * Runs `reconcile` for each added key, one at a time, each key at most once per turn.
 * A key whose reconcile throws comes back with exponential delay; the others are not held up.
 */
export const createQueue = (
  reconcile: (key: string) => void,
  onError: (key: string, error: unknown) => void,
): KeyQueue => {
  const pending = new Set<string>();
  const failures = new Map<string, number>();
  let scheduled = false;
  let closed = false;

  const add = (key: string) => {
    if (closed) return;
    pending.add(key);
    if (scheduled) return;
    scheduled = true;
    setImmediate(turn);
  };

  const alarms = createAlarms(add);
  const runOne = (key: string) => {
    pending.delete(key);
    try {
      reconcile(key);
      failures.delete(key);
    } catch (error) {
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      if (count > 3) onError(key, error);
      alarms.set(key, Math.min(RETRY_FIRST_MS * 2 ** (count - 1), RETRY_MAX_MS));
    }
  };

  const turn = () => {
    scheduled = false;
    const until = performance.now() + TURN_MS;
    for (const key of pending) {
      if (closed) return;
      runOne(key);
      if (performance.now() > until) break;
    }
    if (pending.size > 0 && !closed) {
      scheduled = true;
      setImmediate(turn);
    }
  };

  const close = () => {
    closed = true;
    alarms.close();
    pending.clear();
  };
  const idle = async () => {
    while (pending.size > 0) await nextTurn();
  };
  return { add, addAfter: alarms.set, idle, close };
};
