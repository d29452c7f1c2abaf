"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/client.tsx";
import { buttonStyle } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Link } from "#components/ui/link.tsx";
import { StatusIcon } from "#components/ui/status-badge.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { isAsked, isPastFirstSteps } from "./first-steps.ts";
import type { Overview } from "./overview-type.ts";

type Step = Readonly<{ name: string; what: string; href: string; done: boolean }>;

/** From nothing to a split in four steps; gone for good once they are done. */
export function FirstRun({ overview, compact = false }: { overview: Overview; compact?: boolean }) {
  const trpc = useTRPC();
  const first = overview.endpoints[0];
  const endpointPath =
    first === undefined ? screenPaths.endpoints : screenPaths.endpoint(first.environment, first.name);
  const models = useQuery({ ...trpc.model.list.queryOptions({ limit: 1 }), enabled: overview.total < 2 });
  const [model] = models.data?.items ?? [];
  const isDeployed = overview.endpoints.some(({ entries }) => entries.length > 0);
  const steps: readonly Step[] = [
    {
      name: "Register",
      what: "Upload an ONNX file: Slipway reads its inputs and outputs out of it.",
      href: `${screenPaths.models}?register=true`,
      done: isDeployed || model !== undefined,
    },
    {
      name: "Deploy",
      what: "Put the version behind an endpoint, a stable address.",
      href: model?.latestVersion
        ? `${screenPaths.version(model.name, model.latestVersion)}?deploy=true`
        : screenPaths.models,
      done: isDeployed,
    },
    {
      name: "Predict",
      what: "Send it an input, from the browser or with curl.",
      href: first === undefined ? endpointPath : `${endpointPath}?tab=try`,
      done: isAsked(overview),
    },
    {
      name: "Split",
      what: "Share the traffic between two versions, and take it back.",
      href: endpointPath,
      done: false,
    },
  ];
  const next = steps.find(({ done }) => !done);
  if (compact && isPastFirstSteps(overview)) return null;
  return (
    <div className="flex flex-col gap-6">
      {compact ? null : <h1 className="font-semibold text-title">Put a first model into production.</h1>}
      <Card title={compact ? "First steps" : "Four steps"} flush>
        <ol>
          {steps.map((step, index) => (
            <li key={step.name} className="flex min-h-12 flex-wrap items-center gap-3 border-t px-4 py-2">
              {step.done ? (
                <StatusIcon status="Healthy" />
              ) : (
                <span className="w-4 text-center text-muted" aria-hidden="true">
                  {index + 1}
                </span>
              )}
              <p className="min-w-0 flex-1 basis-60">
                <span className="font-medium">{step.name}</span>
                {step.done ? <span className="sr-only"> (done)</span> : null}{" "}
                <span className="text-muted">{step.what}</span>
              </p>
              {step === next ? (
                <Link href={step.href} className={buttonStyle({ look: "filled" })}>
                  {step.name}
                </Link>
              ) : null}
            </li>
          ))}
        </ol>
      </Card>
    </div>
  );
}
