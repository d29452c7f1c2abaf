"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import type { Outputs } from "#components/trpc/outputs.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Button } from "#components/ui/button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { EnvironmentCard } from "./environment-card.tsx";
import { ListState } from "./list-state.tsx";

export type Environment = Outputs["environment"]["list"]["items"][number];
export type OpenEnvironment = Readonly<{ kind: "change" | "delete"; environment: Environment }>;
const DeleteEnvironmentDialog = dynamic(
  () => import("./delete-environment-dialog.tsx").then((file) => file.DeleteEnvironmentDialog),
  { ssr: false },
);
const UpdateEnvironmentSheet = dynamic(
  () => import("./update-environment-sheet.tsx").then((file) => file.UpdateEnvironmentSheet),
  { ssr: false },
);
const EnvironmentSheet = dynamic(() => import("./environment-sheet.tsx").then((file) => file.EnvironmentSheet), {
  ssr: false,
});
const PAGE = 50;
/** What the worker finds out there is no change that anybody is told of. */
const LOOK_EVERY_MS = 10_000;

export function EnvironmentsView() {
  const trpc = useTRPC();
  const refusal = useRefusal("environment:write");
  const [open, setOpen] = useState<OpenEnvironment | { kind: "add" } | null>(null);
  const environments = useInfiniteQuery({
    ...trpc.environment.list.infiniteQueryOptions(
      { limit: PAGE },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    ),
    refetchInterval: LOOK_EVERY_MS,
  });
  const rows = environments.data?.pages.flatMap(({ items }) => items) ?? [];
  const close = () => setOpen(null);
  return (
    <>
      <PageHeader
        title="Environments"
        actions={
          <Button look="filled" refusal={refusal} onClick={() => setOpen({ kind: "add" })}>
            Add environment
          </Button>
        }
      >
        An environment is a namespace of a cluster, with its rules.
      </PageHeader>
      {rows.map((row) => (
        <EnvironmentCard key={row.id} environment={row} onOpen={setOpen} />
      ))}
      <ListState query={environments} what="the environments" />
      {open?.kind === "add" ? <EnvironmentSheet onClose={close} /> : null}
      {open?.kind === "change" ? <UpdateEnvironmentSheet environment={open.environment} onClose={close} /> : null}
      {open?.kind === "delete" ? <DeleteEnvironmentDialog environment={open.environment} onClose={close} /> : null}
    </>
  );
}
