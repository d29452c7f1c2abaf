"use client";

import { useEffect, useState } from "react";

const FREE_AFTER_MS = 1_000;

/** True once the page stands and has nothing else to do: then comes what is not on its first view. */
export function useIsFree(): boolean {
  const [isFree, setFree] = useState(false);
  useEffect(() => {
    // Safari has no idle times to tell of.
    if (typeof requestIdleCallback === "undefined") {
      const timer = setTimeout(() => setFree(true));
      return () => clearTimeout(timer);
    }
    const asked = requestIdleCallback(() => setFree(true), { timeout: FREE_AFTER_MS });
    return () => cancelIdleCallback(asked);
  }, []);
  return isFree;
}
