import { QueryCache, QueryClient } from "@tanstack/react-query";
import { setSessionEnded } from "#components/ui/session-ended.tsx";
import { signInPath } from "#domain/shared/screen-paths.ts";
import { failureOf } from "./failure.ts";

const STALE_AFTER_MS = 15_000;
const ATTEMPTS_MAX = 2;

/** One per browser tab, and one per request while the server renders. */
export const createQueryClient = (): QueryClient =>
  new QueryClient({
    queryCache: new QueryCache({ onError: askToSignIn, onSuccess: () => setSessionEnded(false) }),
    defaultOptions: {
      // What was pressed while offline fails at once: sent when the network is back, it would act on a world that has changed.
      mutations: { networkMode: "always" },
      queries: {
        staleTime: STALE_AFTER_MS,
        // A refusal stays a refusal; only a lost answer is worth asking for again.
        retry: (failures, error) =>
          failures < ATTEMPTS_MAX && ["offline", "unavailable"].includes(failureOf(error).code),
      },
    },
  });

// A session that ended while a page was open. A refused write says so where it was tried: what was typed is kept.
export function askToSignIn(error: unknown): void {
  if (typeof window === "undefined" || failureOf(error).code !== "unauthenticated") return;
  const { pathname, search, hash } = window.location;
  if (isInTheMiddle()) setSessionEnded(true);
  else window.location.assign(signInPath(pathname + search + hash, "ended"));
}

/** Whether leaving this page would take away what somebody is entering. */
function isInTheMiddle(): boolean {
  if (document.querySelector("[role=dialog]") !== null) return true;
  const focused = document.activeElement;
  return (focused instanceof HTMLInputElement || focused instanceof HTMLTextAreaElement) && focused.value !== "";
}
