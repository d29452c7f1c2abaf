"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import type { Outputs } from "#components/trpc/outputs.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";

type Check = Outputs["system"]["get"]["checks"][number];

/** What this installation needs, and whether it has it. */
export function SystemView() {
  const trpc = useTRPC();
  const system = useQuery({ ...trpc.system.get.queryOptions({}), staleTime: 0 });
  return (
    <>
      <PageHeader
        title="System"
        actions={
          <Button busy={system.isFetching} onClick={() => void system.refetch()}>
            Check again
          </Button>
        }
      >
        {system.data ? `Slipway ${system.data.release} on Node ${system.data.node}.` : "What Slipway itself runs on."}
      </PageHeader>
      {system.isError ? (
        <Banner status="Unknown" title="Could not check.">
          {failureOf(system.error).message} Predictions do not need it.
        </Banner>
      ) : null}
      {system.data === undefined ? null : <Verdict checks={system.data.checks} />}
      <Card flush>
        {system.data === undefined ? (
          <SkeletonRows rows={4} />
        ) : (
          <ul>
            {ORDER.flatMap((state) => system.data.checks.filter((check) => check.state === state)).map((check) => (
              <CheckRow key={check.name} check={check} />
            ))}
          </ul>
        )}
      </Card>
    </>
  );
}

function Verdict({ checks }: { checks: readonly Check[] }) {
  const failed = checks.filter(({ state }) => state === "failed").length;
  const warnings = checks.filter(({ state }) => state === "warning").length;
  const words =
    failed > 0
      ? `${failed} of ${checks.length} checks failed.`
      : warnings > 0
        ? `All works; ${warnings} of ${checks.length} checks deserve a look.`
        : `All ${checks.length} checks are fine.`;
  return (
    <p className="text-muted">
      {words} The same, also while this page is away: <code className="font-mono">npm run doctor</code>
    </p>
  );
}

const LOOKS = {
  ok: { status: "Healthy", label: "OK" },
  warning: { status: "Degraded", label: "Look at it" },
  failed: { status: "Failing", label: "Failed" },
} as const satisfies Record<Check["state"], object>;

/** What needs somebody first. */
const ORDER = ["failed", "warning", "ok"] as const;

const CheckRow = ({ check: { name, state, sentence, fix } }: { check: Check }) => (
  <li className="flex flex-wrap gap-x-4 gap-y-1 border-b px-4 py-3 last:border-b-0">
    <div className="w-44 shrink-0 break-words font-medium">{name}</div>
    <div className="min-w-0 flex-1 basis-60">
      <p>{sentence}</p>
      {fix === null ? null : <p className="mt-1 text-muted">{fix}</p>}
    </div>
    <StatusBadge {...LOOKS[state]} />
  </li>
);
