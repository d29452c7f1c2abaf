"use client";

import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { parseAsString, parseAsStringLiteral, useQueryState, useQueryStates } from "nuqs";
import { useDeferredValue, useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import type { Outputs } from "#components/trpc/outputs.ts";

type Overview = Outputs["endpoint"]["overview"];
export type FleetEndpoint = Overview["endpoints"][number];
export type FleetOrder = "health" | "name" | "changed";

const PAGE = 50;
const SEARCH_LENGTH_MAX = 82;
const STATES = ["Failing", "Degraded", "Unknown", "Deploying", "Healthy"] as const;
const ORDERS = ["health", "name", "changed"] as const satisfies readonly FleetOrder[];
/** Sparklines move without any change that would renew them. */
const RENEW_MS = 30_000;

/**
 * The list of endpoints as windows of it are looked at: however many there are, only pages in sight are asked for, kept
 * current and held. `first` is the page that tells how many there are.
 */
export function useFleet() {
  const trpc = useTRPC();
  const [environment] = useQueryState("environment");
  const [filter, setFilter] = useQueryStates({
    search: parseAsString.withDefault(""),
    health: parseAsStringLiteral(STATES),
    order: parseAsStringLiteral(ORDERS).withDefault("health"),
  });
  const [pages, setPages] = useState<readonly number[]>([]);
  const search = useDeferredValue(filter.search.trim().toLowerCase()).slice(0, SEARCH_LENGTH_MAX);
  const asked = {
    limit: PAGE,
    order: filter.order,
    ...(environment === null ? {} : { environment }),
    ...(search === "" ? {} : { search }),
    ...(filter.health === null ? {} : { state: filter.health }),
  };
  const page = (number: number) => ({
    ...trpc.endpoint.overview.queryOptions({ ...asked, offset: number * PAGE }),
    refetchInterval: RENEW_MS,
  });
  const first = useQuery({ ...page(0), placeholderData: keepPreviousData });
  const later = pages.filter((number) => number > 0);
  const answers = useQueries({ queries: later.map(page) });
  const dataOf = new Map<number, Overview | undefined>([
    [0, first.data],
    ...later.map((number, index) => [number, answers[index]?.data] as const),
  ]);
  return {
    environment,
    filter,
    setFilter,
    first,
    /** The endpoint at a place of the whole list; undefined: it is on its way. */
    at: (place: number): FleetEndpoint | undefined => dataOf.get(Math.floor(place / PAGE))?.endpoints[place % PAGE],
    /** Places that are in sight, both included. */
    look: (from: number, to: number) => {
      const wanted = Array.from(
        { length: Math.floor(to / PAGE) - Math.floor(from / PAGE) + 1 },
        (_, index) => Math.floor(from / PAGE) + index,
      );
      setPages((before) => (before.join() === wanted.join() ? before : wanted));
    },
  };
}

export type Fleet = ReturnType<typeof useFleet>;
