"use client";

import { onlineManager, useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { useSessionEnded } from "#components/ui/session-ended.tsx";
import type { News } from "#domain/changes/schema.ts";
import { isAffected } from "./affected.ts";
import { useTRPC } from "./client.tsx";
import { type Freshness, freshnessAt, type Heard } from "./freshness.ts";
import { gatherNews } from "./gather-news.ts";
import { askToSignIn } from "./query-client.ts";

const FreshnessContext = createContext<Freshness>({ state: "starting" });

/** Whether what is on screen is current, and if not, since when and why. */
export const useFreshness = (): Freshness => useContext(FreshnessContext);

const LOOK_MS = 1_000;
const ASK_AGAIN_MS = 3_000;

/** Follows what changes and renews the queries that show it: no screen needs to ask again by itself. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const heard = useLive();
  const [freshness, setFreshness] = useState<Freshness>({ state: "starting" });
  useEffect(() => {
    const look = () => setFreshness((before) => sameOr(before, freshnessAt(heard, Date.now())));
    look();
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [heard]);
  return <FreshnessContext value={freshness}>{children}</FreshnessContext>;
}

function useLive(): Heard {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [heard, setHeard] = useState<Heard>(() => ({ sinceMs: Date.now(), lastMs: null, lagMs: null }));
  // Nobody knows what was missed before the first news of a stream that was left and taken up again.
  const first = useRef(false);
  const gathered = useMemo(
    () =>
      gatherNews((news) => queryClient.invalidateQueries({ predicate: ({ queryKey }) => isAffected(queryKey, news) })),
    [queryClient],
  );
  useEffect(() => gathered.stop, [gathered]);
  const onData = useCallback(
    ({ data }: { data: News }) => {
      const lagMs = data.observedAt === null ? null : Date.parse(data.at) - Date.parse(data.observedAt);
      const isFirst = first.current;
      first.current = false;
      // A stream may outlive the network by which all else is asked: what it brings cannot be fetched.
      setHeard((before) => ({ ...before, lastMs: onlineManager.isOnline() ? Date.now() : before.lastMs, lagMs }));
      gathered.add({ ...data, everything: isFirst || data.everything });
    },
    [gathered],
  );
  const hasEnded = useHasEnded();
  const isSeen = useIsSeen() && !hasEnded;
  useEffect(() => {
    // What a tab missed while nobody looked at it, or nobody was signed in.
    first.current = !isSeen || first.current;
    if (isSeen) setHeard({ sinceMs: Date.now(), lastMs: null, lagMs: null });
  }, [isSeen]);
  const options = useMemo(
    () => trpc.changes.follow.subscriptionOptions(undefined, { onData, onError: askToSignIn, enabled: isSeen }),
    [trpc, onData, isSeen],
  );
  useSubscription(options);
  return heard;
}

/** While the session has ended: asks now and then whether somebody has signed in elsewhere in this browser. */
function useHasEnded(): boolean {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const hasEnded = useSessionEnded();
  useEffect(() => {
    if (!hasEnded) return;
    const asked = { ...trpc.environment.list.queryOptions({}), staleTime: 0 };
    const timer = setInterval(() => void queryClient.prefetchQuery(asked), ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [hasEnded, trpc, queryClient]);
  return hasEnded;
}

// A browser keeps six connections to a server open at once: a stream for every tab would leave none to ask by.
const useIsSeen = () => useSyncExternalStore(followSeen, isSeenNow, () => true);

const isSeenNow = (): boolean => document.visibilityState === "visible";

function followSeen(changed: () => void): () => void {
  document.addEventListener("visibilitychange", changed);
  return () => document.removeEventListener("visibilitychange", changed);
}

const sameOr = (before: Freshness, now: Freshness): Freshness =>
  JSON.stringify(before) === JSON.stringify(now) ? before : now;
