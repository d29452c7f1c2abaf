"use client";

import { useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/input.tsx";
import type { ModeProps } from "./mode-props.ts";
import { SendRow } from "./send-row.tsx";
import type { InferRequest } from "./tensors.ts";

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
  const { request, problem } = read(isLong && text.trim() === "" ? example : text);
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

function read(text: string): { request: InferRequest | null; problem: string | null } {
  if (text.trim() === "") return { request: null, problem: "Enter a request." };
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && "inputs" in parsed && Array.isArray(parsed.inputs))
      return { request: parsed as InferRequest, problem: null };
    return { request: null, problem: 'A request is an object with "inputs".' };
  } catch {
    return { request: null, problem: "This is not JSON yet." };
  }
}
