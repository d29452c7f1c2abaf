"use client";

import { type RefObject, useCallback, useEffect, useRef } from "react";

/** What comes later than this is no longer what was asked for. */
const SETTLED_MS = 2_000;

/** Brings an element to the top of the screen, and keeps it there while what is in it arrives; a reader's scroll ends it. */
export function useJump<Found extends HTMLElement>(): readonly [ref: RefObject<Found | null>, jump: () => void] {
  const ref = useRef<Found>(null);
  const stop = useRef<(() => void) | undefined>(undefined);
  useEffect(() => () => stop.current?.(), []);
  const jump = useCallback(() => {
    stop.current?.();
    const element = ref.current;
    if (element === null) return;
    const ended = new AbortController();
    const observer = new ResizeObserver(() => element.scrollIntoView({ block: "start" }));
    observer.observe(element);
    const timer = setTimeout(() => ended.abort(), SETTLED_MS);
    for (const event of ["wheel", "touchstart", "keydown", "pointerdown"])
      window.addEventListener(event, () => ended.abort(), { signal: ended.signal, passive: true });
    ended.signal.addEventListener("abort", () => {
      clearTimeout(timer);
      observer.disconnect();
    });
    stop.current = () => ended.abort();
  }, []);
  return [ref, jump];
}
