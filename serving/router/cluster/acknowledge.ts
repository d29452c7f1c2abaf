import { setTimeout as delay } from "node:timers/promises";
import type { Acks } from "#domain/traffic/wire.ts";

const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 2_000;

type Deps = {
  /** The plans in force right now. */
  acks(): Acks;
  /** Resolves once a restarted container would begin with at least the plans in force at the call. */
  persisted(): Promise<void>;
  write(acks: Acks): Promise<void>;
  onError(error: unknown): void;
};

export type Acknowledger = {
  /** Plans were swapped, or the Lease was seen to say something else. */
  changed(): void;
  stop(): void;
};

/**
 * Keeps the Lease saying what is in force: at most one write under way, any number of swaps before it in one write, tried
 * until it succeeds. The acknowledgements are read before the wait for the disk, so none is claimed that a restart could lose.
 */
export function startAcknowledger({ acks, persisted, write, onError }: Deps): Acknowledger {
  const stopped = new AbortController();
  let wanted = false;
  let running = false;

  async function run(): Promise<void> {
    let retryMs = RETRY_MS_MIN;
    while (wanted && !stopped.signal.aborted) {
      wanted = false;
      try {
        const claimed = acks();
        await persisted();
        await write(claimed);
        retryMs = RETRY_MS_MIN;
      } catch (error) {
        wanted = true;
        onError(error);
        await delay(retryMs, undefined, { signal: stopped.signal }).catch(() => {});
        retryMs = Math.min(retryMs * 2, RETRY_MS_MAX);
      }
    }
    running = false;
  }

  return {
    changed() {
      wanted = true;
      if (running) return;
      running = true;
      // A burst of watch events arrives in one turn of the event loop: let it become one write.
      setImmediate(() => void run());
    },
    stop: () => stopped.abort(),
  };
}
