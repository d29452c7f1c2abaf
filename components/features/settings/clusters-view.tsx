"use client";

import { useQuery } from "@tanstack/react-query";
import { MoreHorizontal } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import type { Outputs } from "#components/trpc/outputs.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { ClusterSheet } from "./cluster-sheet.tsx";
import { Facts } from "./facts.tsx";
import { RemoveClusterDialog } from "./remove-cluster-dialog.tsx";

export type Cluster = Outputs["cluster"]["list"]["items"][number];
type Open = Readonly<{ kind: "add" }> | Readonly<{ kind: "change" | "remove"; cluster: Cluster }>;

/** Whether a cluster answers is no change that anybody is told of. */
const LOOK_EVERY_MS = 10_000;

export function ClustersView() {
  const trpc = useTRPC();
  const refusal = useRefusal("environment:write");
  const [open, setOpen] = useState<Open | null>(null);
  const clusters = useQuery({ ...trpc.cluster.list.queryOptions({}), refetchInterval: LOOK_EVERY_MS });
  const close = () => setOpen(null);
  return (
    <>
      <PageHeader
        title="Clusters"
        actions={
          <Button look="filled" refusal={refusal} onClick={() => setOpen({ kind: "add" })}>
            Add cluster
          </Button>
        }
      >
        A cluster is a Kubernetes API. Environments are namespaces in it.
      </PageHeader>
      {clusters.isPending ? <SkeletonRows rows={3} /> : null}
      {clusters.isError ? (
        <Banner
          status="Unknown"
          title="Could not load the clusters."
          actions={<Button onClick={() => void clusters.refetch()}>Try again</Button>}
        >
          {failureOf(clusters.error).message}
        </Banner>
      ) : null}
      {clusters.data?.items.map((cluster) => (
        <ClusterCard key={cluster.id} cluster={cluster} onOpen={setOpen} />
      ))}
      {open?.kind === "add" ? <ClusterSheet onClose={close} /> : null}
      {open?.kind === "change" ? <ClusterSheet cluster={open.cluster} onClose={close} /> : null}
      {open?.kind === "remove" ? <RemoveClusterDialog cluster={open.cluster} onClose={close} /> : null}
    </>
  );
}

type ClusterCardProps = Readonly<{ cluster: Cluster; onOpen: (open: Open) => void }>;

function ClusterCard({ cluster, onOpen }: ClusterCardProps) {
  const refusal = useRefusal("environment:write");
  const { name, environments, sameAs } = cluster;
  const isAmbient = cluster.source === "ambient";
  const stays = isAmbient ? "Slipway was started with it." : null;
  return (
    <Card
      title={
        <span className="inline-flex flex-wrap items-center gap-x-3 gap-y-1">
          {name} <Reach cluster={cluster} />
        </span>
      }
      actions={
        <Menu
          trigger={
            <Button look="quiet" size="icon" aria-label={`More about ${name}`}>
              <MoreHorizontal aria-hidden />
            </Button>
          }
        >
          <MenuItem refusal={refusal ?? stays} onSelect={() => onOpen({ kind: "change", cluster })}>
            New credentials…
          </MenuItem>
          <MenuItem danger refusal={refusal ?? stays} onSelect={() => onOpen({ kind: "remove", cluster })}>
            Remove…
          </MenuItem>
        </Menu>
      }
    >
      <Trouble cluster={cluster} />
      <Facts
        facts={[
          ["Address", cluster.server ?? "of the kubeconfig that Slipway was started with"],
          ["Kubernetes", cluster.version ?? "not known yet"],
          ["Takes Slipway for", cluster.userName ?? "not known"],
          ["Environments", environments.length === 0 ? "none yet" : environments.join(", ")],
          [
            "Credentials",
            isAmbient ? (
              "in the kubeconfig, which is not kept here"
            ) : (
              <>
                encrypted; given <RelativeTime at={cluster.updatedAt} /> by {cluster.updatedBy}
              </>
            ),
          ],
        ]}
      />
      {sameAs.length > 0 ? (
        <p className="mt-4 text-degraded">
          The same cluster as {sameAs.join(", ")}: an environment of it needs a namespace of its own.
        </p>
      ) : null}
    </Card>
  );
}

const LastAnswer = ({ at }: { at: string }) => (
  <>
    It last answered <RelativeTime at={at} />
  </>
);

const reachOf = ({ conditions }: Cluster) => conditions.find(({ type }) => type === "Reachable");

function Reach({ cluster }: { cluster: Cluster }) {
  const reach = reachOf(cluster);
  if (reach === undefined) return <StatusBadge status="Unknown" label="Not looked at yet" />;
  if (reach.status === "True")
    return (
      <>
        <StatusBadge status="Healthy" label="Answers" />
        {cluster.observedAt === null ? null : (
          <span className="font-normal text-label text-muted">
            <RelativeTime at={cluster.observedAt} />
          </span>
        )}
      </>
    );
  return <StatusBadge status="Failing" label={REASONS[reach.reason] ?? "Does not answer"} />;
}

const REASONS: Readonly<Record<string, string>> = {
  AnotherCluster: "Another cluster",
  CredentialsRefused: "Refuses the credentials",
  CredentialsUnreadable: "Credentials cannot be read",
  CredentialsUnusable: "Credentials cannot be used",
};

const FIXES: Readonly<Record<string, string>> = {
  NoAnswer: "See whether its API is up and whether this machine reaches its address. What runs there goes on.",
  CredentialsRefused: "Give new credentials: these have expired or were revoked.",
  CredentialsUnreadable: "Start with the earlier key as SLIPWAY_SECRET_KEY_BEFORE, or give the credentials again.",
  CredentialsUnusable: "Mend the kubeconfig, or give new credentials.",
};

function Trouble({ cluster }: { cluster: Cluster }) {
  const reach = reachOf(cluster);
  if (reach === undefined || reach.status === "True") return null;
  return (
    <Banner
      status="Failing"
      title={
        <>
          {cluster.observedAt === null ? "It has never answered" : <LastAnswer at={cluster.observedAt} />}: nothing that
          you change reaches this cluster.
        </>
      }
      className="mb-4"
    >
      <p className="break-words">{reach.message}</p>
      <p>{FIXES[reach.reason]}</p>
    </Banner>
  );
}
