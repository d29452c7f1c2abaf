"use client";

import { onlineManager } from "@tanstack/react-query";
import { useFreshness } from "#components/trpc/live.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { SessionEnded, useSessionEnded } from "#components/ui/session-ended.tsx";
import { clockWords } from "#components/ui/time-words.ts";

/** Over every screen: since when it is old, what that means, and what goes on all the same. */
export function StaleBanner() {
  const freshness = useFreshness();
  if (useSessionEnded()) return <SessionEnded className="sticky top-topbar z-20 mb-4" />;
  if (freshness.state !== "stale") return null;
  const now = new Date();
  const since = clockWords(new Date(now.getTime() - freshness.staleSeconds * 1_000), now);
  if (freshness.cause === "silent" && !onlineManager.isOnline())
    return (
      <Banner className="mb-4" status="Unknown" title={`Stale since ${since}: this device is offline.`}>
        What you see is from then. Predictions go on; what you press fails at once and is not sent later.
      </Banner>
    );
  return freshness.cause === "silent" ? (
    <Banner className="mb-4" status="Unknown" title={`Stale since ${since}: ${LOWER_WHY.silent}`}>
      What you see is from then. Predictions go on as they are; nothing can be changed from here until it answers.
      Rolling back without Slipway: docs/runbooks/rollback-without-slipway.md, with kubectl alone.
    </Banner>
  ) : (
    <Banner className="mb-4" status="Unknown" title={`Stale since ${since}: ${LOWER_WHY.unseen}`}>
      Pods, health and the progress of changes are as of then. Predictions and charts go on. What you change or roll
      back now is kept, and carried out when the worker sees the cluster again.
    </Banner>
  );
}

const LOWER_WHY = {
  silent: "Slipway's web server or its database does not answer.",
  unseen: "the worker does not see a cluster.",
} as const;
