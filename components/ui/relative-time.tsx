"use client";

import { useSyncExternalStore } from "react";
import { agoWords, exactWords } from "./time-words.ts";

const TICK_MS = 5_000;
let now = 0;
const readers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

// One timer for all times on a page.
function subscribe(read: () => void): () => void {
  readers.add(read);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const reader of readers) reader();
  }, TICK_MS);
  return () => {
    readers.delete(read);
    if (readers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
const current = (): number => {
  if (timer === undefined || now === 0) now = Math.floor(Date.now() / 1_000) * 1_000;
  return now;
};

/** Milliseconds since 1970, renewed every 5 s; null while the server renders. */
export const useNow = (): number | null => useSyncExternalStore(subscribe, current, () => null);

/** "3 min ago", with the exact time as its title. `at` is an ISO string or a Date. */
export function RelativeTime({ at, className }: { at: string | Date; className?: string }) {
  const moment = typeof at === "string" ? new Date(at) : at;
  // Most of them say the same for minutes, and are then not drawn again.
  const ago = useSyncExternalStore(
    subscribe,
    () => agoWords(moment, new Date(current())),
    () => null,
  );
  return (
    <time dateTime={moment.toISOString()} title={exactWords(moment)} className={className} suppressHydrationWarning>
      {ago ?? moment.toISOString().slice(0, 16).replace("T", " ")}
    </time>
  );
}
