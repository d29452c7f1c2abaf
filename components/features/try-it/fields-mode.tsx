"use client";

import { useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import type { SignedProps } from "./mode-props.ts";
import { SendRow } from "./send-row.tsx";
import { exampleValues, readValue, requestOf, valueNames } from "./tensors.ts";

/** One field for each value of each input. */
export function FieldsMode({ signature, version, busy, onSend }: SignedProps) {
  const [texts, setTexts] = useState(() =>
    signature.inputs.map((spec) => {
      const example = exampleValues(version.exampleInput, spec);
      return valueNames(spec, version.featureNames).map((_, index) => String(example?.[index] ?? ""));
    }),
  );
  const read = signature.inputs.map((spec, input) =>
    (texts[input] ?? []).map((text) => readValue(text, spec.datatype)),
  );
  const isWrong = read.flat().some(({ problem }) => problem !== null);
  const set = (input: number, index: number, text: string) =>
    setTexts((before) =>
      before.map((list, i) => (i === input ? list.map((old, j) => (j === index ? text : old)) : list)),
    );
  const send = () =>
    onSend(
      requestOf(
        signature,
        read.map((values) => values.map(({ value }) => value)),
      ),
    );
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWrong && !busy) send();
      }}
    >
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-3">
        {signature.inputs.map((spec, input) =>
          valueNames(spec, version.featureNames).map((name, index) => {
            const text = texts[input]?.[index] ?? "";
            return (
              <Field
                key={`${spec.name} ${name}`}
                label={name}
                error={text === "" ? null : read[input]?.[index]?.problem}
              >
                <Input
                  value={text}
                  inputMode={spec.datatype === "BYTES" || spec.datatype === "BOOL" ? "text" : "decimal"}
                  onChange={(event) => set(input, index, event.target.value)}
                />
              </Field>
            );
          }),
        )}
      </div>
      <SendRow busy={busy} problem={isWrong ? "Every field needs a value." : null} />
    </form>
  );
}
