"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import type { Inputs } from "#components/trpc/outputs.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";

type Revision = Inputs["revision"]["create"];
const ACTIONS = { create: "new", change: "changes", none: "stays", refused: "refused" } as const;

/** What the cluster would make of it, asked of the cluster itself; nothing is written. */
export function Preview({ revision, refusal }: { revision: Revision; refusal: string | null }) {
  const trpc = useTRPC();
  const dryRun = useMutation(trpc.revision.create.mutationOptions());
  const asked = JSON.stringify(revision);
  const isCurrent = JSON.stringify({ ...dryRun.variables, dryRun: undefined }) === asked;
  const answer = isCurrent && dryRun.data && "differences" in dryRun.data ? dryRun.data : null;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-center gap-3">
        <Button
          size="small"
          busy={dryRun.isPending}
          refusal={refusal}
          onClick={() => dryRun.mutate({ ...revision, dryRun: true })}
        >
          Preview
        </Button>
        <span className="text-label text-muted">
          {refusal ?? "Asks the cluster what it would change; nothing is written."}
        </span>
      </div>
      {dryRun.isError && isCurrent ? <Banner status="Degraded" title={failureOf(dryRun.error).message} /> : null}
      {answer ? (
        <ul aria-label="Preview" className="flex flex-col rounded-control border">
          {answer.differences.map((difference, index) => (
            <li key={`${difference.kind} ${difference.name}`} className="border-b px-3 py-2 last:border-b-0">
              <p className="flex items-center gap-2">
                <Badge
                  tone={
                    difference.action === "refused" ? "failing" : difference.action === "none" ? "neutral" : "accent"
                  }
                >
                  {ACTIONS[difference.action]}
                </Badge>
                <span className="min-w-0 truncate">
                  {difference.kind} <span className="font-mono text-label">{difference.name}</span>
                </span>
              </p>
              {difference.action === "change" || difference.action === "refused" ? (
                <ul className="mt-1 font-mono text-label">
                  {difference.fields.map((field) => (
                    <li key={field.path} className="break-all">
                      <span className="text-muted">{field.path}</span> {words(field.from)} → {words(field.to)}
                    </li>
                  ))}
                </ul>
              ) : null}
              {difference.action === "create" ? (
                <details className="mt-1">
                  <summary className="cursor-pointer text-label text-muted max-sm:py-3">
                    As the cluster would store it
                  </summary>
                  {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
                  <pre tabIndex={0} className="mt-1 max-h-60 overflow-auto font-mono text-label">
                    {JSON.stringify(answer.objects[index], null, 2)}
                  </pre>
                </details>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

const words = (value: unknown): string => (value === undefined ? "–" : JSON.stringify(value));
