"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import type { Outputs } from "#components/trpc/outputs.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CopyLine } from "#components/ui/copy-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EnvironmentSheet } from "./environment-sheet.tsx";
import { ListState } from "./list-state.tsx";

type Environment = Outputs["environment"]["list"]["items"][number];
const PAGE = 50;

export function EnvironmentsView() {
  const trpc = useTRPC();
  const refusal = useRefusal("environment:write");
  const [adding, setAdding] = useState(false);
  const environments = useInfiniteQuery(
    trpc.environment.list.infiniteQueryOptions({ limit: PAGE }, { getNextPageParam: ({ nextCursor }) => nextCursor }),
  );
  const rows = environments.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <PageHeader
        title="Environments"
        actions={
          <Button look="filled" refusal={refusal} onClick={() => setAdding(true)}>
            Add environment
          </Button>
        }
      >
        An environment is a namespace of a cluster, with its rules.
      </PageHeader>
      {rows.map((row) => (
        <EnvironmentCard key={row.id} environment={row} />
      ))}
      <ListState query={environments} what="the environments" />
      {adding ? <EnvironmentSheet onClose={() => setAdding(false)} /> : null}
    </>
  );
}

function EnvironmentCard({ environment }: { environment: Environment }) {
  const { name, cluster, namespace, kind, gatewayUrl, observedAt, routersReady } = environment;
  const facts: readonly (readonly [string, string])[] = [
    ["Cluster", cluster],
    ["Namespace", namespace],
    ["Service", environment.serviceType],
    ["Images", environment.imagePrefix],
    ["Routers ready", routersReady === null ? "not known yet" : String(routersReady)],
    ["Kept warm for a rollback", warmWords(environment)],
  ];
  return (
    <Card
      title={
        <>
          {name}{" "}
          <Badge tone={kind === "production" ? "warning" : "neutral"}>
            {kind === "production" ? "Production" : "Development"}
          </Badge>
        </>
      }
      actions={
        <span className="text-label text-muted">
          {observedAt === null ? (
            "Never seen yet"
          ) : (
            <>
              Seen <RelativeTime at={observedAt} />
            </>
          )}
        </span>
      }
    >
      <CopyLine text={gatewayUrl} label={`Copy the address of ${name}`} />
      <dl className="mt-4 grid grid-cols-[repeat(auto-fill,minmax(180px,1fr))] gap-4">
        {facts.map(([term, value]) => (
          <div key={term} className="min-w-0">
            <dt className="text-label text-muted">{term}</dt>
            <dd className="break-words">{value}</dd>
          </div>
        ))}
      </dl>
      {environment.conditions.map((condition) =>
        condition.status === "True" || condition.message === "" ? null : (
          <p key={condition.type} className="mt-4 text-muted">
            {condition.type}: {condition.message}
          </p>
        ),
      )}
    </Card>
  );
}

const warmWords = ({ warmFullMinutes, warmReplicas }: Environment): string =>
  `all replicas for ${warmFullMinutes} min, then ${warmReplicas}`;
