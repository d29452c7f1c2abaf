"use client";

import { useQuery } from "@tanstack/react-query";
import { usePathname } from "next/navigation";
import { useQueryState } from "nuqs";
import { useTRPC } from "#components/trpc/client.tsx";
import { endpointHere } from "./nav-items.ts";

/** The environment that the page is about: of the endpoint it shows, else the one in the address. Null: all of them. */
export function useEnvironment() {
  const trpc = useTRPC();
  const environments = useQuery(trpc.environment.list.queryOptions({ limit: 200 })).data?.items ?? [];
  const [chosen, setChosen] = useQueryState("environment");
  const name = endpointHere(usePathname())?.environment ?? chosen;
  return { name, kind: environments.find((one) => one.name === name)?.kind, environments, setChosen };
}
