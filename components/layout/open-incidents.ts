"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/client.tsx";

const COUNTED_MAX = 50;

/** Open incidents of every environment, newest first, and their count as a badge says it; null: not known. */
export function useOpenIncidents() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.incident.list.queryOptions({ state: "open", limit: COUNTED_MAX }));
  if (data === undefined) return null;
  return { items: data.items, count: data.nextCursor === null ? String(data.items.length) : `${COUNTED_MAX}+` };
}
