"use client";

import { useFreshness } from "#components/trpc/live.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { durationWords } from "#components/ui/time-words.ts";
import { Tooltip } from "#components/ui/tooltip.tsx";

export function FreshnessDot() {
  const freshness = useFreshness();
  const isStale = freshness.state === "stale";
  return (
    <Tooltip text={isStale ? freshness.why : "What you see is renewed as it changes."}>
      <button
        type="button"
        className={classNames(
          "inline-flex h-control items-center gap-1.5 whitespace-nowrap px-1 text-label",
          isStale ? "text-degraded" : "text-muted",
        )}
      >
        <span
          aria-hidden="true"
          className={classNames(
            "size-2 rounded-full",
            isStale ? "border border-degraded border-dashed" : freshness.state === "live" ? "bg-healthy" : "bg-line",
          )}
        />
        {isStale ? (
          <>
            {/* On a phone the banner below says the word, and the environment's name needs the room. */}
            <span className="max-sm:sr-only">stale</span> {durationWords(freshness.staleSeconds * 1_000)}
          </>
        ) : (
          freshness.state
        )}
      </button>
    </Tooltip>
  );
}
