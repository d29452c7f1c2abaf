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

/** Two queues as one: keys of the lane wait for and hold up only each other. */
export const withLane = (main: Queue, isLane: (key: string) => boolean, lane: Queue): Queue => {
  const of = (key: string) => (isLane(key) ? lane : main);
  return {
    add: (key, reason) => of(key).add(key, reason),
    addAfter: (key, ms) => of(key).addAfter(key, ms),
    depth: () => main.depth() + lane.depth(),
    async stop() {
      await Promise.all([main.stop(), lane.stop()]);
    },
  };
};

type State = {
  readonly options: QueueOptions;
  readonly items: Map<string, Item>;
  /** Keys that wait, in the order they came. */
  readonly urgent: Set<string>;
  readonly calm: Set<string>;
  readonly idle: PromiseWithResolvers<void>;
  running: number;
  stopped: boolean;
};

/** Never runs a key twice at once. What was decided goes before what is only looked at. */
export function createQueue(options: QueueOptions): Queue {
  const state: State = {
    options,
    items: new Map(),
    urgent: new Set(),
    calm: new Set(),
    idle: Promise.withResolvers(),
    running: 0,
    stopped: false,
  };
  return {
    add: (key, reason) => add(state, key, reason),
    addAfter: (key, ms) => {
      if (!state.stopped) schedule(state, key, itemOf(state, key), ms);
    },
    depth: () => state.urgent.size + state.calm.size + state.running,
    async stop() {
      state.stopped = true;
      for (const item of state.items.values()) clearTimeout(item.timer?.handle);
      if (state.running > 0) await state.idle.promise;
    },
  };
}

function itemOf({ items }: State, key: string): Item {
  const known = items.get(key);
  if (known !== undefined) return known;
  const item: Item = { reasons: new Set(), running: false, failures: 0, notBefore: 0, timer: null };
  items.set(key, item);
  return item;
}

/** The earliest of the times asked for counts. */
function schedule(state: State, key: string, item: Item, ms: number): void {
  const at = performance.now() + ms;
  if (item.timer !== null && item.timer.at <= at) return;
  clearTimeout(item.timer?.handle);
  const handle = setTimeout(() => {
    item.timer = null;
    add(state, key, "timer");
  }, ms);
  item.timer = { handle, at };
}

function add(state: State, key: string, reason: Reason): void {
  if (state.stopped) return;
  const item = itemOf(state, key);
  item.reasons.add(reason);
  const waitMs = item.notBefore - performance.now();
  if (waitMs > 0 && reason !== "timer") {
    const sooner = Math.min(waitMs, BACKOFF_MS_WITH_NEWS);
    item.notBefore = performance.now() + sooner;
    schedule(state, key, item, sooner);
    return;
  }
  if (item.running) return;
  if (reason === "resync" && !state.urgent.has(key)) state.calm.add(key);
  else {
    state.calm.delete(key);
    state.urgent.add(key);
  }
  pump(state);
}

function pump(state: State): void {
  while (!state.stopped && state.running < state.options.concurrency) {
    const key = first(state.urgent) ?? first(state.calm);
    if (key === undefined) return;
    state.urgent.delete(key);
    state.calm.delete(key);
    void runOne(state, key, itemOf(state, key));
  }
}

async function runOne(state: State, key: string, item: Item): Promise<void> {
  const { reasons } = item;
  item.reasons = new Set();
  item.running = true;
  item.notBefore = 0;
  state.running += 1;
  try {
    const { againInMs } = await state.options.run(key, reasons);
    item.failures = 0;
    if (againInMs !== null) schedule(state, key, item, againInMs);
  } catch (error) {
    const backoff = Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** item.failures) * (0.75 + Math.random() / 4);
    item.failures += 1;
    item.notBefore = performance.now() + backoff;
    schedule(state, key, item, backoff);
    state.options.onError(key, error, backoff);
  }
  item.running = false;
  state.running -= 1;
  settle(state, key, item);
}

function settle(state: State, key: string, item: Item): void {
  if (state.stopped && state.running === 0) state.idle.resolve();
  const [reason] = item.reasons;
  if (reason !== undefined) add(state, key, item.reasons.has("change") ? "change" : reason);
  else if (item.timer === null && !state.urgent.has(key) && !state.calm.has(key)) state.items.delete(key);
  pump(state);
}

const first = (keys: ReadonlySet<string>): string | undefined => keys.values().next().value;
