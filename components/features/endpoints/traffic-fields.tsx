"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { RevisionSwatch } from "#components/ui/revision.tsx";
import { Select } from "#components/ui/select.tsx";
import { revisionLabel } from "#domain/shared/version-label.ts";
import { bpsOf, type DraftLine, takeRest } from "./traffic-draft.ts";

const ROLES = [
  { value: "live", label: "Live" },
  { value: "shadow", label: "Shadow" },
  { value: "off", label: "Off" },
] as const;
const SHOWN_AT_FIRST = 6;

type TrafficFieldsProps = Readonly<{
  lines: readonly DraftLine[];
  onChange: (lines: DraftLine[]) => void;
  /** Ready pods by revision; null: nobody has looked. */
  ready: ReadonlyMap<number, number | null>;
}>;

/** A number per revision. A shadow answers nobody: its share is how many live requests are copied to it. */
export function TrafficFields({ lines, onChange, ready }: TrafficFieldsProps) {
  const [all, setAll] = useState(false);
  const shown = all ? lines : lines.filter((line, index) => line.role !== "off" || index < SHOWN_AT_FIRST);
  const change = (revision: number, to: Partial<DraftLine>) =>
    onChange(lines.map((line) => (line.revision === revision ? { ...line, ...to } : line)));
  return (
    <div className="flex flex-col gap-2">
      {shown.map((line) => {
        const name = revisionLabel(line, lines);
        return (
          <div
            key={line.revision}
            className="grid grid-cols-[minmax(0,1fr)_104px_96px_auto] items-center gap-2 max-sm:grid-cols-[minmax(0,1fr)_112px_88px]"
          >
            <span className="flex min-w-0 items-center gap-2 max-sm:col-span-full">
              <RevisionSwatch revision={line.revision} />
              <span className="truncate font-medium">{name}</span>
              <span className="whitespace-nowrap text-label text-muted">{readyWords(ready.get(line.revision))}</span>
            </span>
            <Select
              aria-label={`Role of ${name}`}
              value={line.role}
              onValueChange={(role) => change(line.revision, { role, ...(role === "off" ? { percent: "0" } : {}) })}
              options={ROLES}
            />
            <span className="relative">
              <Input
                inputMode="decimal"
                aria-label={`Share of ${name} in percent`}
                aria-invalid={line.role !== "off" && bpsOf(line.percent) === null}
                value={line.role === "off" ? "" : line.percent}
                placeholder="0"
                onFocus={(event) => event.target.select()}
                onChange={(event) =>
                  change(line.revision, {
                    percent: event.target.value,
                    role: line.role === "off" ? "live" : line.role,
                  })
                }
                className="pr-7 text-right"
              />
              <span aria-hidden="true" className="absolute top-1/2 right-3 -translate-y-1/2 text-muted">
                %
              </span>
            </span>
            <Button
              look="quiet"
              size="small"
              aria-label={`Give ${name} the rest`}
              onClick={() => onChange(takeRest(lines, line.revision))}
            >
              Rest
            </Button>
          </div>
        );
      })}
      {shown.length < lines.length ? (
        <Button look="quiet" size="small" className="self-start" onClick={() => setAll(true)}>
          All {lines.length} revisions
        </Button>
      ) : null}
    </div>
  );
}

const readyWords = (ready: number | null | undefined): string =>
  ready == null ? "" : ready === 0 ? "no pods yet" : `${ready} ready`;
