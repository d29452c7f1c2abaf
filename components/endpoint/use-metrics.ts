"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPCClient } from "#components/trpc/client.tsx";
import { type Failure, failureOf } from "#components/trpc/failure.ts";
import type { EndpointRef, Metrics } from "./endpoint-ref.ts";
import { type AskedRange, type RangeName, rangeAt, refreshMs } from "./time-range.ts";

const FRESH_MS = 10_000;

export type Measured = Readonly<{
  /** The last answer for this range, which may have been some time ago. */
  metrics: Metrics | undefined;
  asked: AskedRange;
  /** Metrics cannot be had: since when, whether that is known or only when this page asked first, and why. Null: they can. */
  blind: Readonly<{ sinceMs: number; known: boolean; why: string }> | null;
}>;

export type WantedRange = Readonly<{ range: RangeName; from: Date | null; to: Date | null }>;

/** What is so now, whatever range the charts show. */
export const NOW: WantedRange = { range: "15m", from: null, to: null };

/** Series of an endpoint, asked for again as time goes on. An old answer stays when a new one fails. */
export function useMetrics({ endpoint, environment }: EndpointRef, { range, from, to }: WantedRange): Measured {
  const client = useTRPCClient();
  const [openedMs] = useState(() => Date.now());
  const fixed = { from, to };
  const query = useQuery({
    queryKey: ["endpoint-series", environment, endpoint, range, from?.getTime() ?? null, to?.getTime() ?? null],
    queryFn: ({ signal }) => {
      const asked = rangeAt(range, fixed, Date.now());
      const iso = (seconds: number) => new Date(seconds * 1_000).toISOString();
      return client.endpoint.metrics.query(
        {
          endpoint,
          environment,
          from: iso(asked.fromSeconds),
          to: iso(asked.toSeconds),
          stepSeconds: asked.stepSeconds,
        },
        { signal },
      );
    },
    refetchInterval: ({ state }) => refreshMs(rangeAt(range, fixed, Date.now()), to, state.status === "error"),
    // It is asked for again anyhow, and a source that is away is to be told at once.
    retry: false,
    staleTime: FRESH_MS,
  });
  // After a failure the axis goes on to now, and what is missing is hatched.
  const endMs = Math.max(query.dataUpdatedAt, query.errorUpdatedAt, openedMs);
  const blind = query.isError ? blindness(failureOf(query.error), query) : null;
  return { metrics: query.data, asked: rangeAt(range, fixed, endMs), blind };
}

/** The server knows since when its source is silent; else it is when this page last saw something. */
function blindness(
  { message, detail }: Failure,
  { dataUpdatedAt, errorUpdatedAt }: Readonly<{ dataUpdatedAt: number; errorUpdatedAt: number }>,
): NonNullable<Measured["blind"]> {
  const told = typeof detail.since === "string" ? Date.parse(detail.since) : Number.NaN;
  if (!Number.isNaN(told)) return { sinceMs: told, known: true, why: message };
  return { sinceMs: dataUpdatedAt || errorUpdatedAt, known: dataUpdatedAt !== 0, why: message };
}
