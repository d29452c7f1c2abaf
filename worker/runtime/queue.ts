/** change: somebody decided something. event: the cluster moved. resync: only looking. */
export type Reason = "change" | "event" | "timer" | "resync";

/** How to go on: null when there is nothing to wait for but events. */
export type Outcome = Readonly<{ againInMs: number | null }>;

export type Queue = Readonly<{
  /** A key waits once, however often it is added; one that runs is run again afterwards. */
  add(key: string, reason: Reason): void;
  addAfter(key: string, ms: number): void;
  /** Keys waiting or running. */
  depth(): number;
  /** Takes no more, and resolves when what runs has ended. */
  stop(): Promise<void>;
}>;

export type QueueOptions = Readonly<{
  concurrency: number;
  run(key: string, reasons: ReadonlySet<Reason>): Promise<Outcome>;
  /** Told of each failure; the key comes again after a backoff of its own. */
  onError(key: string, error: unknown, againInMs: number): void;
}>;

const BACKOFF_MS = 10;
const BACKOFF_MS_MAX = 30_000;
/** News end a backoff early, but a key that fails at each of them is not run more often than this. */
const BACKOFF_MS_WITH_NEWS = 250;

type Item = {
  reasons: Set<Reason>;
  running: boolean;
  failures: number;
  /** Not before, by `performance.now()`; set after a failure. */
  notBefore: number;
  timer: { handle: NodeJS.Timeout; at: number } | null;
};

/** Never runs a key twice at once. What was decided goes before what is only looked at. */
export function createQueue(options: QueueOptions): Queue {
  const items = new Map<string, Item>();
  const urgent = new Set<string>();
  const calm = new Set<string>();
  let running = 0;
  let stopped = false;
  const idle = Promise.withResolvers<void>();

  const itemOf = (key: string): Item => {
    const known = items.get(key);
    if (known !== undefined) return known;
    const item: Item = { reasons: new Set(), running: false, failures: 0, notBefore: 0, timer: null };
    items.set(key, item);
    return item;
  };

  const schedule = (key: string, item: Item, ms: number) => {
    const at = performance.now() + ms;
    if (item.timer !== null && item.timer.at <= at) return;
    clearTimeout(item.timer?.handle);
    const handle = setTimeout(() => {
      item.timer = null;
      add(key, "timer");
    }, ms);
    item.timer = { handle, at };
  };

  function add(key: string, reason: Reason): void {
    if (stopped) return;
    const item = itemOf(key);
    const waitMs = item.notBefore - performance.now();
    if (waitMs > 0 && reason !== "timer") {
      item.notBefore = Math.min(item.notBefore, performance.now() + BACKOFF_MS_WITH_NEWS);
      item.reasons.add(reason);
      schedule(key, item, Math.min(waitMs, BACKOFF_MS_WITH_NEWS));
      return;
    }
    item.reasons.add(reason);
    if (item.running) return;
    if (reason === "resync" && !urgent.has(key)) calm.add(key);
    else {
      calm.delete(key);
      urgent.add(key);
    }
    pump();
  }

  function pump(): void {
    while (!stopped && running < options.concurrency) {
      const key = first(urgent) ?? first(calm);
      if (key === undefined) return;
      urgent.delete(key);
      calm.delete(key);
      void runOne(key, itemOf(key));
    }
  }

  async function runOne(key: string, item: Item): Promise<void> {
    const reasons = item.reasons;
    item.reasons = new Set();
    item.running = true;
    item.notBefore = 0;
    running += 1;
    try {
      const { againInMs } = await options.run(key, reasons);
      item.failures = 0;
      if (againInMs !== null) schedule(key, item, againInMs);
    } catch (error) {
      const backoff = Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** item.failures) * (0.75 + Math.random() / 4);
      item.failures += 1;
      item.notBefore = performance.now() + backoff;
      schedule(key, item, backoff);
      options.onError(key, error, backoff);
    }
    item.running = false;
    running -= 1;
    settle(key, item);
  }

  function settle(key: string, item: Item): void {
    if (stopped && running === 0) idle.resolve();
    const [reason] = item.reasons;
    if (reason !== undefined) add(key, item.reasons.has("change") ? "change" : reason);
    else if (item.timer === null && !urgent.has(key) && !calm.has(key)) items.delete(key);
    pump();
  }

  return {
    add,
    addAfter: (key, ms) => {
      if (!stopped) schedule(key, itemOf(key), ms);
    },
    depth: () => urgent.size + calm.size + running,
    async stop() {
      stopped = true;
      for (const item of items.values()) clearTimeout(item.timer?.handle);
      if (running > 0) await idle.promise;
    },
  };
}

const first = (keys: ReadonlySet<string>): string | undefined => keys.values().next().value;
