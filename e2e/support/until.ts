import { setTimeout as delay } from "node:timers/promises";

/**
 * Asks again until `probe` gives something other than undefined, for outcomes that only polling can see from outside.
 * Throws with the last failure when `timeoutMs` is over.
 */
export async function until<T>(what: string, probe: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
  const end = performance.now() + timeoutMs;
  let last: unknown = "nothing yet";
  for (;;) {
    try {
      const found = await probe();
      if (found !== undefined) return found;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) {
      const why = last instanceof Error ? last.message : String(last);
      throw new Error(`${what}: not within ${timeoutMs} ms; last: ${why}`, { cause: last });
    }
    await delay(25);
  }
}
