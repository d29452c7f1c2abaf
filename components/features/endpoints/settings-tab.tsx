"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Endpoint, Kind } from "#components/endpoint/endpoint-ref.ts";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { announce } from "#components/ui/toast.tsx";
import { IS_HEALTH_TARGET, LATENCY_MS_MAX, READY_PODS_MAX } from "#domain/endpoint/health-limits.ts";
import { DeleteDialog } from "./delete-dialog.tsx";

/** What it must meet, and its end. */
export function SettingsTab({ view, kind }: { view: Endpoint; kind: Kind | undefined }) {
  const [deleting, setDeleting] = useState(false);
  const refusal = useRefusal("endpoint:write", kind);
  const gone = view.deletedAt === null ? null : "It is being deleted already.";
  return (
    <div className="flex flex-col gap-4">
      <HealthTargets key={JSON.stringify(view.healthTargets)} view={view} refusal={refusal ?? gone} />
      <Card title="Delete">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="max-w-160 text-muted">
            Its address stops answering and its pods end. Changes, audit and charts stay. Made{" "}
            <RelativeTime at={view.createdAt} /> by {view.createdBy}.
          </p>
          <Button look="danger" refusal={refusal ?? gone} onClick={() => setDeleting(true)}>
            Delete {view.name}…
          </Button>
        </div>
      </Card>
      {deleting ? <DeleteDialog view={view} onClose={() => setDeleting(false)} /> : null}
    </div>
  );
}

const WRONG = "One of the targets is not right.";
const RANGE_WORDS = {
  errorRatioMax: "From 0 to 100.",
  latencyMsP99Max: `Above 0, up to ${LATENCY_MS_MAX}.`,
  readyPodsMin: `Whole, from 0 to ${READY_PODS_MAX}.`,
} as const;

function HealthTargets({ view, refusal }: { view: Endpoint; refusal: string | null }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { errorRatioMax, latencyMsP99Max, readyPodsMin } = view.healthTargets;
  const [errors, setErrors] = useState(String(Number((errorRatioMax * 100).toFixed(4))));
  const [latency, setLatency] = useState(String(latencyMsP99Max));
  const [pods, setPods] = useState(String(readyPodsMin));
  const save = useMutation(
    trpc.endpoint.setHealthTargets.mutationOptions({
      onSuccess: () => {
        announce("Health is judged by the new targets.");
        return queryClient.invalidateQueries({ queryKey: trpc.endpoint.pathKey() });
      },
    }),
  );
  const numberOf = (text: string) => (text.trim() === "" ? Number.NaN : Number(text.replace(",", ".")));
  const typed = {
    errorRatioMax: Number((numberOf(errors) / 100).toFixed(6)),
    latencyMsP99Max: numberOf(latency),
    readyPodsMin: numberOf(pods),
  };
  const wrong = (name: keyof typeof typed) => (IS_HEALTH_TARGET[name](typed[name]) ? null : RANGE_WORDS[name]);
  const problem = wrong("errorRatioMax") ?? wrong("latencyMsP99Max") ?? wrong("readyPodsMin");
  const submit = () => {
    if (problem === null && !save.isPending)
      save.mutate({ endpoint: view.name, environment: view.environment, healthTargets: typed });
  };
  return (
    <Card title="Health targets">
      <form
        className="flex flex-wrap items-end gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (refusal === null) submit();
        }}
      >
        <Field label="Errors at most (%)" error={wrong("errorRatioMax")} className="w-40">
          <Input inputMode="decimal" value={errors} onChange={(event) => setErrors(event.target.value)} />
        </Field>
        <Field label="p99 at most (ms)" error={wrong("latencyMsP99Max")} className="w-40">
          <Input inputMode="decimal" value={latency} onChange={(event) => setLatency(event.target.value)} />
        </Field>
        <Field label="Ready pods at least" error={wrong("readyPodsMin")} className="w-40">
          <Input inputMode="numeric" value={pods} onChange={(event) => setPods(event.target.value)} />
        </Field>
        <Button type="submit" busy={save.isPending} refusal={refusal ?? (problem === null ? null : WRONG)}>
          Save targets
        </Button>
      </form>
      <p className="mt-3 text-muted">
        Missed for two minutes, they open an incident. They also decide which earlier plan a rollback may choose.
      </p>
      {save.error === null ? null : (
        <p role="alert" className="mt-2 text-failing">
          {failureOf(save.error).message}
        </p>
      )}
    </Card>
  );
}
