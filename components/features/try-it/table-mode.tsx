"use client";

import { useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { Input, Textarea } from "#components/ui/input.tsx";
import { readTable } from "./csv.ts";
import type { SingleProps } from "./mode-props.ts";
import { SendRow } from "./send-row.tsx";
import { exampleValues } from "./tensors.ts";

/** Rows pasted from a sheet, or a CSV file. */
export function TableMode({ spec, version, busy, onSend }: SingleProps) {
  const columns = spec.shape[1] ?? 1;
  const [text, setText] = useState(() => exampleTable(exampleValues(version.exampleInput, spec), columns));
  const table = readTable(text, spec);
  const send = () =>
    onSend({
      inputs: [
        { name: spec.name, datatype: spec.datatype, shape: [table.rows.length, columns], data: table.rows.flat() },
      ],
    });
  return (
    <div className="flex flex-col gap-4">
      <Field
        label="Rows"
        hint={`${columns} values a row, by comma, semicolon or tab; a first line of names is left out.`}
      >
        <Textarea
          value={text}
          onChange={(event) => setText(event.target.value)}
          rows={6}
          wrap="off"
          spellCheck={false}
          className="font-mono text-label"
        />
      </Field>
      <Field label="Or a CSV file">
        <Input
          type="file"
          accept=".csv,.tsv,.txt,text/csv"
          className="py-1"
          onChange={(event) => void event.target.files?.[0]?.text().then(setText)}
        />
      </Field>
      <SendRow busy={busy} problem={table.problem} onSend={send} />
    </div>
  );
}

function exampleTable(values: readonly unknown[] | null, columns: number): string {
  if (values === null) return "";
  const rows = Array.from({ length: values.length / columns }, (_, row) =>
    values.slice(row * columns, (row + 1) * columns),
  );
  return rows.map((row) => row.join(", ")).join("\n");
}
