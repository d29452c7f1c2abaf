"use client";

import { useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/input.tsx";
import type { ModeProps } from "./mode-props.ts";
import { readRequest } from "./request-text.ts";
import { SendRow } from "./send-row.tsx";

// A larger text makes typing in it slow.
const SHOWN_MAX = 200_000;
const LONG_EXAMPLE = "The version's example input is too long to show. Left empty, it is what is sent.";

/** The request as it goes over the wire. */
export function JsonMode({ version, busy, onSend }: ModeProps) {
  const [example] = useState(() =>
    version.exampleInput === null ? "" : JSON.stringify(version.exampleInput, null, 1),
  );
  const isLong = example.length > SHOWN_MAX;
  const [text, setText] = useState(isLong ? "" : example);
  const { request, problem } = readRequest(isLong && text.trim() === "" ? example : text);
  return (
    <div className="flex flex-col gap-4">
      <Field label="Request" hint="Body of an Open Inference Protocol v2 request.">
        <Textarea
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder={isLong ? LONG_EXAMPLE : undefined}
          rows={12}
          spellCheck={false}
          className="font-mono text-label"
        />
      </Field>
      <SendRow busy={busy} problem={problem} onSend={() => request && onSend(request)} />
    </div>
  );
}
