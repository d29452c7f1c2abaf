"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { hrefOf, NAV_BELOW, NAV_MAIN } from "./nav-items.ts";
import { useEnvironment } from "./use-environment.ts";

type Shortcuts = Readonly<{ onSearch: () => void; onSearchLikely: () => void; onHelp: () => void }>;

/** "g" and the letter of a screen, pressed within this time. */
const PAIR_MS = 1_200;

/** Keys that work wherever nobody types. */
export function useShortcuts({ onSearch, onSearchLikely, onHelp }: Shortcuts): void {
  const router = useRouter();
  const { name: environment } = useEnvironment();
  const wentAtMs = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { key, metaKey, ctrlKey, altKey, timeStamp } = event;
      // By the second key of the pair it is there.
      if (key === "Meta" || key === "Control") onSearchLikely();
      if (key.toLowerCase() === "k" && (metaKey || ctrlKey)) {
        event.preventDefault();
        onSearch();
        return;
      }
      if (metaKey || ctrlKey || altKey || isTyping(event.target)) return;
      if (key === "?") onHelp();
      const to = [...NAV_MAIN, ...NAV_BELOW].find((item) => item.key === key);
      if (to !== undefined && timeStamp - wentAtMs.current < PAIR_MS) router.push(hrefOf(to, environment));
      wentAtMs.current = key === "g" ? timeStamp : Number.NEGATIVE_INFINITY;
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [router, environment, onSearch, onSearchLikely, onHelp]);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest("input, textarea, select, [contenteditable], [role=dialog], [role=menu]") !== null;
