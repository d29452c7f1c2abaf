import { gone } from "./errors.ts";
import type { StoreEvent } from "./types.ts";

export type PastEvent = StoreEvent & { rv: number };

/** The last events, for watches that begin in the past. */
export type History = {
  add(event: PastEvent): void;
  /** Everything before this is forgotten: set when a snapshot was read. */
  forgetUntil(rv: number): void;
  /** Events after `rv`, oldest first. Throws 410 Expired when some of them are forgotten. */
  since(rv: number): PastEvent[];
};

export function createHistory(limit: number): History {
  let events: PastEvent[] = [];
  /** Events up to and including this one are gone. */
  let floor = 0;
  return {
    add(event) {
      events.push(event);
      // Trimmed in bulk, so that a write costs no shift of the whole window.
      if (events.length > limit * 2) {
        floor = events[events.length - limit - 1]?.rv ?? floor;
        events = events.slice(-limit);
      }
    },
    forgetUntil(rv) {
      floor = Math.max(floor, rv);
      events = events.filter((event) => event.rv > floor);
    },
    since(rv) {
      const oldest = events.length > limit ? (events[events.length - limit - 1]?.rv ?? floor) : floor;
      if (rv < oldest) throw gone(`too old resource version: ${rv} (${oldest})`);
      return events.slice(firstAfter(events, rv));
    },
  };
}

function firstAfter(events: readonly PastEvent[], rv: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.rv ?? 0) <= rv) low = middle + 1;
    else high = middle;
  }
  return low;
}
