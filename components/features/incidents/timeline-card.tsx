"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/input.tsx";
import { clockWords, exactWords } from "#components/ui/time-words.ts";
import type { IncidentDetail } from "./incident-type.ts";
import { type Entry, timelineOf } from "./timeline.ts";

const clock = (at: string): string => clockWords(new Date(at), new Date());
const exact = (at: string): string => exactWords(new Date(at));

/** What happened and who did what, and a line to add to it. */
export function TimelineCard({ incident }: { incident: IncidentDetail }) {
  const { before, since } = timelineOf(incident, clock);
  return (
    <Card title="Timeline">
      <ol className="flex flex-col gap-2">
        {[...before, ...since].map((entry) => (
          <Line key={entry.key} entry={entry} />
        ))}
      </ol>
      <NoteForm incident={incident} />
    </Card>
  );
}

const Line = ({ entry }: { entry: Entry }) => (
  <li className="grid grid-cols-[88px_minmax(0,1fr)] gap-2">
    <time dateTime={entry.at} title={exact(entry.at)} className="text-muted">
      {clock(entry.at)}
    </time>
    <div className="min-w-0 break-words">
      <span className="font-medium">{entry.by ?? "Slipway"}</span> {entry.words}
      {entry.note === "" ? null : <p className="whitespace-pre-wrap border-l-2 pl-2">{entry.note}</p>}
    </div>
  </li>
);

function NoteForm({ incident }: { incident: IncidentDetail }) {
  const trpc = useTRPC();
  const [text, setText] = useState("");
  const refusal = useRefusal("incident:write");
  const note = useMutation(trpc.incident.note.mutationOptions({ onSuccess: () => setText("") }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== "" && refusal === null && !note.isPending) note.mutate({ incident: incident.id, text });
  };
  return (
    <form onSubmit={submit} className="mt-4 flex flex-col items-start gap-2 border-t pt-3">
      <Field
        label="Note"
        className="w-full"
        hint="Stays in the audit log under your name."
        error={note.error === null ? null : failureOf(note.error).message}
      >
        <Textarea value={text} maxLength={2_000} onChange={(event) => setText(event.target.value)} />
      </Field>
      <Button
        type="submit"
        className="max-sm:h-12 max-sm:w-full"
        busy={note.isPending}
        refusal={refusal ?? (text.trim() === "" ? "Write something first." : null)}
      >
        Add note
      </Button>
    </form>
  );
}
