"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/input.tsx";
import { Link } from "#components/ui/link.tsx";
import { useNow } from "#components/ui/relative-time.tsx";
import { Select } from "#components/ui/select.tsx";
import { clockWords } from "#components/ui/time-words.ts";
import { announce } from "#components/ui/toast.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import type { IncidentDetail } from "./incident-type.ts";
import { runbookOf } from "./runbook.ts";

/** What to do, and how to quieten or end it. */
export function HandleCard({ incident }: { incident: IncidentDetail }) {
  return (
    <Card title="Runbook">
      <ol className="flex list-decimal flex-col gap-2 pl-5">
        {runbookOf(incident).map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <div className="mt-4 flex flex-col gap-3 border-t pt-3">
        <Silence incident={incident} />
        {incident.state === "resolved" ? null : <Resolve incident={incident} />}
        <Link
          href={screenPaths.incidentsOf(incident.environment, incident.endpoint)}
          className="inline-flex items-center text-accent hover:underline max-sm:min-h-12"
        >
          Earlier incidents of {incident.endpoint}
        </Link>
      </div>
    </Card>
  );
}

const SILENCES = [
  { value: "30", label: "30 minutes" },
  { value: "120", label: "2 hours" },
  { value: "480", label: "8 hours" },
] as const;

/** Of its endpoint's messages; what is wrong is shown all the same. */
function Silence({ incident }: { incident: IncidentDetail }) {
  const trpc = useTRPC();
  const nowMs = useNow();
  const [minutes, setMinutes] = useState<(typeof SILENCES)[number]["value"]>("30");
  const refusal = useRefusal("incident:write");
  const silence = useMutation(
    trpc.incident.silence.mutationOptions({
      onError: (error) => announce(failureOf(error).message, { failed: true }),
    }),
  );
  const until = incident.silencedUntil;
  const isSilent = until !== null && Date.parse(until) > (nowMs ?? 0);
  if (isSilent)
    return (
      <div className="flex flex-wrap items-center gap-2">
        <p className="min-w-0 flex-1">
          Nobody is told of new trouble with {incident.endpoint} until {clockWords(new Date(until), new Date())}; what
          is open then is told then.
        </p>
        <Button
          className="max-sm:h-12 max-sm:w-full"
          busy={silence.isPending}
          refusal={refusal}
          onClick={() => silence.mutate({ incident: incident.id, minutes: 0 })}
        >
          End the silence
        </Button>
      </div>
    );
  return (
    <div className="flex flex-wrap items-end gap-2">
      <Field label={`Tell nobody of ${incident.endpoint} for`} className="min-w-40 flex-1">
        <Select value={minutes} onValueChange={setMinutes} options={SILENCES} className="max-sm:h-12" />
      </Field>
      <Button
        className="max-sm:h-12 max-sm:w-full"
        busy={silence.isPending}
        refusal={refusal}
        onClick={() => silence.mutate({ incident: incident.id, minutes: Number(minutes) })}
      >
        Silence
      </Button>
    </div>
  );
}

function Resolve({ incident }: { incident: IncidentDetail }) {
  const trpc = useTRPC();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const refusal = useRefusal("incident:write");
  const resolve = useMutation(trpc.incident.resolve.mutationOptions({ onSuccess: () => setOpen(false) }));
  return (
    <div className="flex flex-wrap items-center gap-2">
      <p className="min-w-0 flex-1 text-muted">It ends by itself two minutes after all targets are met.</p>
      <Button className="max-sm:h-12 max-sm:w-full" refusal={refusal} onClick={() => setOpen(true)}>
        Resolve…
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Resolve this incident"
        description="While its targets stay missed, another one opens two minutes later."
        footer={
          <>
            <Button className="max-sm:h-12 max-sm:flex-1" onClick={() => setOpen(false)}>
              Cancel
            </Button>
            <Button
              look="filled"
              className="max-sm:h-12 max-sm:flex-1"
              busy={resolve.isPending}
              onClick={() => resolve.mutate({ incident: incident.id, reason })}
            >
              Resolve
            </Button>
          </>
        }
      >
        <Field label="What it was (optional)">
          <Textarea value={reason} maxLength={2_000} onChange={(event) => setReason(event.target.value)} />
        </Field>
        {resolve.error === null ? null : (
          <Banner status="Failing" title="It was not resolved." className="mt-3">
            {failureOf(resolve.error).message}
          </Banner>
        )}
      </Dialog>
    </div>
  );
}
