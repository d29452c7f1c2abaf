"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { TryAnswer } from "#domain/endpoint/try.ts";
import { revisionLabel } from "#domain/shared/version-label.ts";
import { AnswerView } from "./answer-view.tsx";
import { FieldsMode } from "./fields-mode.tsx";
import { ImageMode } from "./image-mode.tsx";
import { JsonMode } from "./json-mode.tsx";
import type { Version } from "./mode-props.ts";
import { MODE_WORDS, type Mode, modesOf } from "./modes.ts";
import { TableMode } from "./table-mode.tsx";
import type { InferRequest } from "./tensors.ts";

/** An entry of an endpoint's current plan: what a request can be sent to. */
export type TryTarget = Readonly<{
  endpoint: string;
  environment: string;
  revision: number;
  model: string;
  version: string;
}>;

type TryItProps = Readonly<{
  targets: readonly TryTarget[];
  /** What can be asked the same beside it; the targets themselves unless said. */
  besides?: readonly TryTarget[];
  /** Where nothing can be asked yet: why, and what to do. */
  whenNone: ReactNode;
}>;

const keyOf = ({ environment, endpoint, revision }: TryTarget): string => `${environment}/${endpoint}/${revision}`;
const NOBODY = "nobody";

/** Asks an endpoint from the screen, in the way that fits the model's inputs; two revisions beside each other. */
export function TryIt({ targets, besides = targets, whenNone }: TryItProps) {
  const trpc = useTRPC();
  // The first default too: what is typed for it outlives every change of traffic.
  const [first, setFirst] = useState(targets[0]);
  const [secondKey, setSecondKey] = useState<string>(NOBODY);
  if (first === undefined && targets[0] !== undefined) setFirst(targets[0]);
  const others = besides.filter((target) => first !== undefined && keyOf(target) !== keyOf(first));
  const second = others.find((target) => keyOf(target) === secondKey);
  const version = useQuery({
    ...trpc.version.get.queryOptions({ model: first?.model ?? "", version: first?.version ?? "" }),
    enabled: first !== undefined,
  });
  if (first === undefined) return whenNone;
  const option = (target: TryTarget) => ({ value: keyOf(target), label: nameOf(target, besides) });
  const isNamed = targets.some((target) => keyOf(target) === keyOf(first));
  const choices = isNamed ? targets : [first, ...targets];
  return (
    <div className="flex flex-col gap-4">
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Ask" hint={isNamed ? null : "It answers no callers now."}>
          <Select
            value={keyOf(first)}
            onValueChange={(key) => setFirst(choices.find((target) => keyOf(target) === key))}
            options={choices.map(option)}
          />
        </Field>
        {others.length > 0 ? (
          <Field label="Beside">
            <Select
              value={second ? keyOf(second) : NOBODY}
              onValueChange={setSecondKey}
              options={[{ value: NOBODY, label: "no other revision" }, ...others.map(option)]}
            />
          </Field>
        ) : null}
      </div>
      {version.isPending ? <SkeletonRows rows={3} /> : null}
      {version.isError ? <Banner status="Unknown" title={failureOf(version.error).message} /> : null}
      {version.data ? (
        <Asking
          key={`${version.data.model} ${version.data.version}`}
          version={version.data}
          asked={second ? [first, second] : [first]}
          besides={besides}
        />
      ) : null}
    </div>
  );
}

function nameOf(target: TryTarget, targets: readonly TryTarget[]): string {
  const label = revisionLabel(target, targets);
  const oneEndpoint = targets.every(
    ({ endpoint, environment }) => endpoint === target.endpoint && environment === target.environment,
  );
  return oneEndpoint ? label : `${target.endpoint} in ${target.environment}, ${label}`;
}

type AskingProps = Readonly<{ version: Version; asked: readonly TryTarget[]; besides: readonly TryTarget[] }>;

function Asking({ version, asked, besides }: AskingProps) {
  const trpc = useTRPC();
  const modes = modesOf(version.signature);
  const [mode, setMode] = useState<Mode>(modes[0] ?? "json");
  const ask = useMutation(trpc.endpoint.try.mutationOptions());
  // Who was asked stays with the answer, whoever is chosen next.
  const answerOf = async (target: TryTarget, request: InferRequest) => {
    const { endpoint, environment, revision } = target;
    return { target, answer: await ask.mutateAsync({ endpoint, environment, revision, request }) };
  };
  const all = useMutation({
    mutationFn: (request: InferRequest) => Promise.all(asked.map((target) => answerOf(target, request))),
  });
  // A long form leaves the answer below the edge of the screen.
  const answers = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (all.data) answers.current?.scrollIntoView({ block: "nearest" });
  }, [all.data]);
  const props = { version, busy: all.isPending, onSend: (request: InferRequest) => all.mutate(request) };
  return (
    <>
      <Tabs
        label="Ways to ask"
        value={mode}
        onValueChange={setMode}
        tabs={modes.map((value) => ({
          value,
          label: MODE_WORDS[value],
          content: <ModeView mode={value} {...props} />,
        }))}
      />
      {all.isError ? <Banner status="Failing" title={failureOf(all.error).message} /> : null}
      {all.data ? (
        <div ref={answers} className="flex scroll-mb-36 flex-col gap-4 border-t pt-4 sm:flex-row sm:scroll-mb-4">
          {all.data.map(({ target, answer }) => (
            <AnswerOf key={keyOf(target)} target={target} answer={answer} besides={besides} />
          ))}
        </div>
      ) : null}
    </>
  );
}

type AnswerOfProps = Readonly<{ target: TryTarget; answer: TryAnswer; besides: readonly TryTarget[] }>;

/** With the labels of the version that was asked: another one may order its classes otherwise. */
function AnswerOf({ target, answer, besides }: AnswerOfProps) {
  const trpc = useTRPC();
  const { model, version } = target;
  const labels = useQuery(trpc.version.get.queryOptions({ model, version })).data?.labels ?? null;
  const { revision } = answer;
  return (
    <AnswerView
      answer={answer}
      from={revision === null ? null : revisionLabel({ ...target, revision }, besides)}
      labels={labels}
    />
  );
}

type ModeViewProps = Readonly<{ mode: Mode; version: Version; busy: boolean; onSend: (request: InferRequest) => void }>;

function ModeView({ mode, ...props }: ModeViewProps) {
  const signature = props.version.signature;
  const spec = signature?.inputs[0];
  if (mode === "fields" && signature) return <FieldsMode {...props} signature={signature} />;
  if (mode === "table" && spec) return <TableMode {...props} spec={spec} />;
  if (mode === "image" && spec) return <ImageMode {...props} spec={spec} />;
  return <JsonMode {...props} />;
}
