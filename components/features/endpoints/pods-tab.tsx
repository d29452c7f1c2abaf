"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { Endpoint, EndpointRef } from "#components/endpoint/endpoint-ref.ts";
import { useTRPC } from "#components/trpc/client.tsx";
import type { Outputs } from "#components/trpc/outputs.ts";
import { Unread } from "#components/trpc/unread.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RevisionSwatch } from "#components/ui/revision.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { StatusIcon } from "#components/ui/status-badge.tsx";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import { revisionLabel } from "#domain/shared/version-label.ts";
import type { PodPlace } from "./log-view.tsx";

const PodLog = dynamic(() => import("./pod-log.tsx").then((file) => file.PodLog), { ssr: false });

type Item = Outputs["endpoint"]["pods"]["items"][number];
type Pod = Item["pods"][number];
const EVENTS_SHOWN = 8;

/** Pods and events as the worker last saw them, and why what is not ready is not. */
export function PodsTab({ at, among }: { at: EndpointRef; among: Endpoint["revisions"] }) {
  const trpc = useTRPC();
  const pods = useQuery(trpc.endpoint.pods.queryOptions(at));
  const [log, setLog] = useState<PodPlace | null>(null);
  if (pods.isPending) return <SkeletonRows rows={4} />;
  const unread = <Unread query={pods} what="The pods" />;
  if (pods.data === undefined) return unread;
  const { items, observedAt } = pods.data;
  return (
    <div className="flex flex-col gap-4">
      {unread}
      <p className="text-muted">
        {observedAt === null ? (
          "The worker has not looked at this environment yet."
        ) : (
          <>
            As the worker saw it <RelativeTime at={observedAt} />.
          </>
        )}
      </p>
      {items.length === 0 ? <EmptyState sentence="No revision has pods, and none should have." /> : null}
      {items.map((item) => (
        <RevisionPods
          key={item.revision}
          name={revisionLabel(item, among)}
          item={item}
          onLog={(pod) => setLog(placeOf(item, pod))}
        />
      ))}
      {log === null ? null : <PodLog key={log.pod} at={at} place={log} onClose={() => setLog(null)} />}
    </div>
  );
}

const placeOf = ({ revision }: Item, { name, containers, restarts }: Pod): PodPlace => ({
  revision,
  pod: name,
  containers,
  restarted: restarts > 0,
});

type PodsProps = Readonly<{ item: Item; onLog: (pod: Pod) => void }>;
type RevisionPodsProps = PodsProps & Readonly<{ name: string }>;

const RevisionPods = ({ name, item, onLog }: RevisionPodsProps) => (
  <Card
    flush
    title={
      <span className="flex items-center gap-2">
        <RevisionSwatch revision={item.revision} />
        {name}
        <span className="font-normal text-body text-muted">
          {item.readyReplicas} of {item.desiredReplicas} ready
        </span>
      </span>
    }
  >
    {item.trouble === null ? null : <Trouble trouble={item.trouble} />}
    {item.pods.length === 0 ? (
      <p className="px-4 pb-3 text-muted">No pods.</p>
    ) : (
      <>
        <ul aria-label={`Pods of r${item.revision}`} className="sm:hidden">
          {item.pods.map((pod) => (
            <PhonePod key={pod.name} pod={pod} onLog={onLog} />
          ))}
        </ul>
        <div className="max-sm:hidden">
          <PodTable item={item} onLog={onLog} />
        </div>
      </>
    )}
    {item.events.length === 0 ? null : (
      <details className="border-t px-4 py-2">
        <summary className="cursor-pointer font-medium max-sm:py-2.5">Events</summary>
        <ul className="mt-2 flex flex-col gap-1">
          {item.events.slice(0, EVENTS_SHOWN).map((event) => (
            <li key={`${event.object}-${event.reason}-${event.at}-${event.message}`} className="break-words">
              <span className={event.type === "Warning" ? "font-medium text-degraded" : "font-medium"}>
                {event.reason}
              </span>{" "}
              {event.message}{" "}
              <span className="text-label text-muted">
                {event.object}
                {event.count > 1 ? ` · ${event.count} times` : ""}
                {event.at === null ? null : (
                  <>
                    {" "}
                    · <RelativeTime at={event.at} />
                  </>
                )}
              </span>
            </li>
          ))}
        </ul>
      </details>
    )}
  </Card>
);

const Trouble = ({ trouble }: { trouble: NonNullable<Item["trouble"]> }) => (
  <div className="flex items-start gap-2 px-4 pb-2">
    <StatusIcon status="Degraded" className="mt-0.5" />
    <p>
      <span className="font-medium">{trouble.message}</span> <span className="text-muted">{trouble.fix}</span>
    </p>
  </div>
);

const PodTable = ({ item, onLog }: PodsProps) => (
  <Table label={`Pods of r${item.revision}`}>
    <TableHead>
      <HeadCell>Pod</HeadCell>
      <HeadCell>State</HeadCell>
      <HeadCell className="text-right">Restarts</HeadCell>
      <HeadCell>Node</HeadCell>
      <HeadCell>Age</HeadCell>
      <HeadCell>
        <span className="sr-only">Log</span>
      </HeadCell>
    </TableHead>
    <tbody>
      {item.pods.map((pod) => (
        <Row key={pod.name}>
          <Cell className="whitespace-nowrap font-mono text-label">{pod.name}</Cell>
          <Cell>
            <PodState pod={pod} />
          </Cell>
          <Cell numeric>{pod.restarts}</Cell>
          <Cell className="text-muted">{pod.node ?? "none yet"}</Cell>
          <Cell className="whitespace-nowrap text-muted">
            {pod.createdAt === null ? "–" : <RelativeTime at={pod.createdAt} />}
          </Cell>
          <Cell className="text-right">
            <Button size="small" look="quiet" aria-label={`Log of ${pod.name}`} onClick={() => onLog(pod)}>
              Log
            </Button>
          </Cell>
        </Row>
      ))}
    </tbody>
  </Table>
);

const PodState = ({ pod }: { pod: Pod }) => (
  <>
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <StatusIcon status={pod.ready ? "Healthy" : pod.trouble === null ? "Deploying" : "Failing"} />
      {pod.terminating ? "Ending" : pod.ready ? "Ready" : pod.phase}
    </span>
    {pod.trouble === null ? null : (
      <span className="block text-muted">
        {pod.trouble.message} {pod.trouble.fix}
      </span>
    )}
  </>
);

/** All of a pod within reach of a thumb, where a table would have its end out of sight. */
const PhonePod = ({ pod, onLog }: { pod: Pod; onLog: (pod: Pod) => void }) => (
  <li className="flex items-start gap-2 border-t px-4 py-2">
    <div className="min-w-0 flex-1">
      <p className="wrap-anywhere font-mono text-label">{pod.name}</p>
      <PodState pod={pod} />
      <p className="text-label text-muted">
        {pod.restarts} {pod.restarts === 1 ? "restart" : "restarts"} · {pod.node ?? "no node yet"}
        {pod.createdAt === null ? null : (
          <>
            {" "}
            · <RelativeTime at={pod.createdAt} />
          </>
        )}
      </p>
    </div>
    <Button look="quiet" aria-label={`Log of ${pod.name}`} className="-mr-3" onClick={() => onLog(pod)}>
      Log
    </Button>
  </li>
);
