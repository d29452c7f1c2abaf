"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Chip } from "#components/ui/chip.tsx";
import { CopyLine } from "#components/ui/copy-button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { TrafficBar } from "#components/ui/traffic-bar.tsx";
import type { Among } from "#domain/shared/version-label.ts";
import { curlOf } from "./curl.ts";
import type { EndpointRef, Plan, RollbackPreview } from "./endpoint-ref.ts";
import { changeWords, sharesOf, versionsWords } from "./plan-words.ts";
import { targetWords } from "./rollback-words.ts";

const REASONS = ["Errors", "Latency", "Wrong predictions", "Bad input data", "Precaution"];

type RollbackDialogProps = Readonly<{
  at: EndpointRef;
  /** Undefined: what the rule chooses. */
  toPlan: number | undefined;
  failing: boolean;
  /** The newest change: another one than at first was made by somebody else meanwhile. */
  newest: Plan | null;
  choices: RollbackPreview["choices"];
  among: Among;
  onChoose: (plan: number) => void;
  onClose: () => void;
  onDone: () => void;
}>;

/** What will answer, how long it takes and who answers until then; said before the click. */
export function RollbackDialog(props: RollbackDialogProps) {
  const { at, toPlan, failing, newest, choices, among, onChoose, onClose, onDone } = props;
  const [seen] = useState(newest?.number);
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [reason, setReason] = useState("");
  const [when, setWhen] = useState<"now" | "capacity" | null>(null);
  const wanted = toPlan === undefined ? {} : { toPlan };
  const preview = useQuery(trpc.endpoint.rollbackPreview.queryOptions({ ...at, ...wanted }));
  const forbidden = useRefusal("traffic:rollback");
  const rollback = useMutation(
    trpc.endpoint.rollback.mutationOptions({
      onSuccess: () => {
        void queryClient.invalidateQueries({ queryKey: trpc.endpoint.pathKey() });
        onDone();
      },
    }),
  );
  const target = preview.data?.target ?? null;
  const leaves = preview.data?.leaves ?? null;
  const begin = when ?? (target?.asksWhen && !failing ? "capacity" : "now");
  const asked = target === null ? null : { toPlan: target.plan, reason, when: begin };
  const why = preview.isError ? failureOf(preview.error).message : (preview.data?.why ?? "Looking for the target.");
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={target === null ? "Roll back" : `Roll back ${at.endpoint} to ${versionsWords(target.entries, among)}`}
      description={target === null ? undefined : `Repeats change #${target.plan}; nothing is rebuilt.`}
      footer={
        <>
          <Button onClick={onClose} className="max-sm:hidden">
            Cancel
          </Button>
          <Button
            look="filled"
            className="max-sm:h-12 max-sm:w-full"
            busy={rollback.isPending}
            refusal={forbidden ?? (asked === null ? why : null)}
            onClick={() => (asked === null ? undefined : rollback.mutate({ ...at, ...asked }))}
          >
            {target === null ? "Roll back" : `Roll back to ${versionsWords(target.entries, among)}`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {preview.isPending ? <Skeleton className="h-10" /> : null}
        {newest === null || newest.number === seen || rollback.isPending || rollback.isSuccess ? null : (
          <Banner
            status="Degraded"
            title={`${newest.decidedBy} was first: #${newest.number}, ${changeWords(newest).toLowerCase()}.`}
          >
            What is said here is about what came of that.
          </Banner>
        )}
        {target === null && !preview.isPending ? <Banner status="Unknown" title={why} /> : null}
        {target === null ? null : <p className="font-medium">{targetWords(target, leaves, among)}</p>}
        {target?.cannotStart ? (
          <Banner status="Failing" title={target.cannotStart.message}>
            {target.cannotStart.fix} Until then {leaves === null ? "nothing" : versionsWords(leaves.entries, among)}{" "}
            keeps answering.
          </Banner>
        ) : null}
        {target?.against ? <Banner status="Degraded" title={`Against #${target.plan}: ${target.against}.`} /> : null}
        {preview.data?.unlikelyToHelp ? <Banner status="Degraded" title={preview.data.unlikelyToHelp} /> : null}
        {target === null || leaves === null ? null : (
          <div className="grid grid-cols-[48px_1fr] items-start gap-2">
            <Side name="Now">
              <TrafficBar shares={sharesOf(leaves.entries)} among={among} size="tall" />
            </Side>
            <Side name="After">
              <TrafficBar shares={sharesOf(target.entries)} among={among} size="tall" />
            </Side>
          </div>
        )}
        {choices.length > 0 ? (
          <Field label="Earlier changes">
            <Select
              placeholder="Choose one"
              value={toPlan === undefined ? undefined : String(toPlan)}
              onValueChange={(plan) => {
                // Both are about the plan before.
                setWhen(null);
                rollback.reset();
                onChoose(Number(plan));
              }}
              options={choices.map((choice) => ({
                value: String(choice.plan),
                label: `#${choice.plan} ${versionsWords(choice.entries, among)}${choice.refusedBecause === null ? "" : `: ${choice.refusedBecause}`}`,
              }))}
            />
          </Field>
        ) : null}
        {target?.asksWhen ? <WhenChoice value={begin} onChange={setWhen} target={target} /> : null}
        {target !== null && !target.asksWhen && target.warm && target.ready < target.servingNow ? (
          <p className="text-muted">
            {pods(target.ready)} will answer what {target.servingNow} answer now.
          </p>
        ) : null}
        <fieldset className={target === null && !preview.isPending ? "hidden" : ""}>
          <legend className="mb-1 font-medium text-label">Reason (optional)</legend>
          <div className="mb-2 flex flex-wrap gap-1">
            {REASONS.map((one) => (
              <Chip key={one} pressed={reason === one} onPress={() => setReason(reason === one ? "" : one)}>
                {one}
              </Chip>
            ))}
          </div>
          <Input
            aria-label="Reason in your own words"
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </fieldset>
        {asked === null ? null : (
          <CopyLine
            label="Copy command"
            text={curlOf("POST", `/endpoints/${at.endpoint}/rollback?environment=${at.environment}`, asked)}
          />
        )}
        {rollback.error === null ? null : (
          <Banner
            status="Failing"
            title={
              failureOf(rollback.error).code === "offline"
                ? "It is not known whether it was rolled back."
                : "It was not rolled back."
            }
          >
            {failureOf(rollback.error).message}
          </Banner>
        )}
      </div>
    </Dialog>
  );
}

const Side = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <span className="text-label text-muted">{name}</span>
    {children}
  </>
);

const pods = (count: number) => `${count} ${count === 1 ? "pod" : "pods"}`;

type WhenChoiceProps = Readonly<{
  value: "now" | "capacity";
  onChange: (value: "now" | "capacity") => void;
  target: NonNullable<RollbackPreview["target"]>;
}>;

const WhenChoice = ({ value, onChange, target }: WhenChoiceProps) => (
  <fieldset className="flex flex-col gap-1">
    <legend className="mb-1 font-medium text-label">
      {target.ready} of its {pods(target.full)} {target.ready === 1 ? "is" : "are"} ready
    </legend>
    {(
      [
        ["now", "Now, degraded: with fewer pods until the others are ready"],
        ["capacity", "When capacity is there: what answers now keeps answering until then"],
      ] as const
    ).map(([option, words]) => (
      <label key={option} className="flex items-start gap-2 max-sm:min-h-11">
        <input
          type="radio"
          name="when"
          checked={value === option}
          onChange={() => onChange(option)}
          className="mt-1 accent-(--accent)"
        />
        {words}
      </label>
    ))}
  </fieldset>
);
