"use client";

import { MoreHorizontal } from "lucide-react";
import { useRefusal } from "#components/ui/access.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CopyLine } from "#components/ui/copy-button.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { environmentTroubles, setUpCommand } from "#domain/environment/words.ts";
import { EnvironmentRights } from "./environment-rights.tsx";
import type { Environment, OpenEnvironment } from "./environments-view.tsx";
import { Facts } from "./facts.tsx";

type EnvironmentCardProps = Readonly<{ environment: Environment; onOpen: (open: OpenEnvironment) => void }>;

export function EnvironmentCard({ environment, onOpen }: EnvironmentCardProps) {
  const refusal = useRefusal("environment:write");
  const { name, kind, gatewayUrl, observedAt, routersReady } = environment;
  return (
    <Card
      title={
        <>
          {name}
          <Badge tone={kind === "production" ? "warning" : "neutral"}>
            {kind === "production" ? "Production" : "Development"}
          </Badge>
        </>
      }
      actions={
        <>
          <span className="text-label text-muted">
            {observedAt === null ? (
              "Never seen yet"
            ) : (
              <>
                Seen <RelativeTime at={observedAt} />
              </>
            )}
          </span>
          <Menu
            trigger={
              <Button look="quiet" size="icon" aria-label={`More about ${name}`}>
                <MoreHorizontal aria-hidden />
              </Button>
            }
          >
            <MenuItem refusal={refusal} onSelect={() => onOpen({ kind: "change", environment })}>
              Change…
            </MenuItem>
            <MenuItem danger refusal={refusal} onSelect={() => onOpen({ kind: "delete", environment })}>
              Delete…
            </MenuItem>
          </Menu>
        </>
      }
    >
      <Troubles environment={environment} />
      <CopyLine text={gatewayUrl} label={`Copy the address of ${name}`} />
      <div className="mt-4">
        <Facts
          facts={[
            ["Cluster", environment.cluster],
            ["Namespace", environment.namespace],
            ["Service", environment.serviceType],
            ["Images", environment.imagePrefix],
            ["Routers ready", routersReady === null ? "not known yet" : String(routersReady)],
            ["Kept warm for a rollback", warmWords(environment)],
            ["Metrics are scraped from", environment.scrapeNamespace ?? "anywhere"],
            ["PodMonitor", labelWords(environment.podMonitorLabels)],
          ]}
        />
      </div>
      <SetUp environment={environment} />
    </Card>
  );
}

function Troubles({ environment }: { environment: Environment }) {
  const troubles = environmentTroubles(environment.conditions);
  if (troubles.length === 0) return null;
  return (
    <ul className="mb-4 flex flex-col gap-3 border-l-4 border-l-degraded pl-3">
      {troubles.map(({ title, message, fix, since }) => (
        <li key={title}>
          <p className="font-medium">
            {title}; it began <RelativeTime at={since} />
          </p>
          {message === "" ? null : <p className="break-words text-muted">{message}</p>}
          <p className="text-muted">{fix}</p>
        </li>
      ))}
    </ul>
  );
}

/** Open as long as something of it is not known to be there. */
function SetUp({ environment }: { environment: Environment }) {
  const { conditions, missingRights, namespace } = environment;
  const isDone = missingRights?.length === 0 && !conditions.some(isMissing);
  return (
    <details open={!isDone} className="mt-4 border-t pt-3">
      <summary className="cursor-pointer font-medium max-sm:py-2.5">
        Namespace, accounts and rights:{" "}
        {missingRights === null ? "not asked yet" : isDone ? "all there" : "not all there"}
      </summary>
      <p className="mt-2 mb-1 text-muted">
        Slipway makes no rights for itself. An administrator of {environment.cluster} applies namespace, accounts and
        roles once, in a checkout of this release:
      </p>
      <CopyLine text={setUpCommand(namespace)} label="Copy the command" />
      <EnvironmentRights environment={environment} />
    </details>
  );
}

const SET_UP = new Set(["NamespacePresent", "ServiceAccountsPresent"]);
const isMissing = ({ type, status }: Environment["conditions"][number]) => SET_UP.has(type) && status === "False";

const warmWords = ({ warmFullMinutes, warmReplicas }: Environment): string =>
  `all replicas for ${warmFullMinutes} min, then ${warmReplicas}`;

export const labelWords = (labels: Environment["podMonitorLabels"]): string =>
  labels === null
    ? "none"
    : Object.entries(labels)
        .map(([label, value]) => `${label}=${value}`)
        .join(", ") || "without labels";
