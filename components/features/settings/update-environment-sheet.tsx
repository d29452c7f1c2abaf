"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import type { Inputs } from "#components/trpc/outputs.ts";
import { Button } from "#components/ui/button.tsx";
import { Sheet } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { announce } from "#components/ui/toast.tsx";
import { SERVICE_TYPES, STARTER } from "#domain/environment/schema.ts";
import { ChangedMeanwhile } from "./changed-meanwhile.tsx";
import { labelWords } from "./environment-card.tsx";
import type { Environment } from "./environments-view.tsx";

const KINDS = [
  { value: "development", label: "Development" },
  { value: "production", label: "Production" },
] as const;
const SERVICES = SERVICE_TYPES.map((value) => ({ value, label: value }));

const typedOf = (environment: Environment) => ({
  gatewayUrl: environment.gatewayUrl,
  imagePrefix: environment.imagePrefix,
  scrapeNamespace: environment.scrapeNamespace ?? "",
  podMonitorLabels: environment.podMonitorLabels === null ? "" : labelWords(environment.podMonitorLabels),
  warmFullMinutes: String(environment.warmFullMinutes),
  warmReplicas: String(environment.warmReplicas),
  reason: "",
});
type Typed = ReturnType<typeof typedOf>;

/** The rules of an environment. What was typed is kept through every refusal, also when somebody else was faster. */
export function UpdateEnvironmentSheet({ environment, onClose }: { environment: Environment; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [typed, setTyped] = useState(() => typedOf(environment));
  const [kind, setKind] = useState(environment.kind);
  const [serviceType, setServiceType] = useState(SERVICE_TYPES.find((one) => one === environment.serviceType));
  const [seen, setSeen] = useState(environment.generation);
  const formId = useId();
  const update = useMutation(
    trpc.environment.update.mutationOptions({
      onSuccess: async ({ name }) => {
        onClose();
        announce(`Environment ${name} is changed.`, { detail: "The worker carries it out now." });
        await queries.invalidateQueries();
      },
    }),
  );
  const failure = update.error === null ? null : failureOf(update.error);
  const text = (name: keyof Typed) => ({
    value: typed[name],
    onChange: (event: { target: { value: string } }) => setTyped({ ...typed, [name]: event.target.value }),
    autoComplete: "off",
  });
  const isStarters = environment.createdBy === STARTER;
  const starterHint = "Each start of Slipway decides it.";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (update.isPending) return;
    update.mutate({
      environment: environment.name,
      expectedGeneration: seen,
      ...(kind === environment.kind ? {} : { kind }),
      ...(serviceType === undefined || serviceType === environment.serviceType ? {} : { serviceType }),
      ...changesOf(typedOf(environment), typed),
    });
  };
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Change ${environment.name}`}
      description={`Name, cluster (${environment.cluster}) and namespace (${environment.namespace}) stay.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="filled" type="submit" form={formId} busy={update.isPending}>
            Save
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-4">
        {failure === null ? null : (
          <ChangedMeanwhile
            failure={failure}
            onGoOn={(generation) => {
              setSeen(generation);
              update.reset();
            }}
          />
        )}
        <Field
          label="Kind"
          hint={kind === "production" ? "Only operators and administrators change it." : "Scientists may deploy here."}
        >
          <Select value={kind} onValueChange={setKind} options={KINDS} />
        </Field>
        <Field
          label="Address of its routers"
          hint={isStarters ? starterHint : "Where applications send predictions to."}
          error={failure?.fields.gatewayUrl}
        >
          <Input {...text("gatewayUrl")} type="url" disabled={isStarters} />
        </Field>
        <Field label="Service" hint={isStarters ? starterHint : "Of its routers, in the cluster."}>
          <Select value={serviceType} onValueChange={setServiceType} options={SERVICES} disabled={isStarters} />
        </Field>
        <Field
          label="Images"
          hint={isStarters ? starterHint : "Stands before their names. Pods are replaced, a few at a time."}
          error={failure?.fields.imagePrefix}
        >
          <Input {...text("imagePrefix")} disabled={isStarters} />
        </Field>
        <Field
          label="All replicas stay warm for, in minutes"
          hint="After a switch, so that a rollback finds them ready."
          error={failure?.fields.warmFullMinutes}
        >
          <Input {...text("warmFullMinutes")} type="number" required min={0} max={10_080} />
        </Field>
        <Field label="Then so many replicas" error={failure?.fields.warmReplicas}>
          <Input {...text("warmReplicas")} type="number" required min={0} max={100} />
        </Field>
        <Field label="Namespace that scrapes metrics" hint="Empty: anywhere." error={failure?.fields.scrapeNamespace}>
          <Input {...text("scrapeNamespace")} placeholder="monitoring" />
        </Field>
        <Field
          label="Labels of a PodMonitor"
          hint="As label=value, with commas between. Empty: none is made."
          error={failure?.fields.podMonitorLabels}
        >
          <Input {...text("podMonitorLabels")} placeholder="release=prometheus" />
        </Field>
        <Field label="Reason" hint="Stands in the audit log." error={failure?.fields.reason}>
          <Input {...text("reason")} maxLength={500} />
        </Field>
        {failure !== null && failure.code !== "changed_meanwhile" && Object.keys(failure.fields).length === 0 ? (
          <p role="alert" className="text-failing">
            {failure.message}
          </p>
        ) : null}
      </form>
    </Sheet>
  );
}

type Given = Omit<Inputs["environment"]["update"], "environment" | "expectedGeneration">;

/** Only what was touched: on top of somebody else's change, the rest stays theirs. */
function changesOf(before: Typed, typed: Typed): Given {
  const { gatewayUrl, imagePrefix, scrapeNamespace, podMonitorLabels, warmFullMinutes, warmReplicas, reason } = typed;
  const given: Given = {
    gatewayUrl,
    imagePrefix,
    scrapeNamespace: scrapeNamespace.trim() === "" ? null : scrapeNamespace.trim(),
    podMonitorLabels: podMonitorLabels.trim() === "" ? null : labelsOf(podMonitorLabels),
    warmFullMinutes: Number(warmFullMinutes),
    warmReplicas: Number(warmReplicas),
    reason,
  };
  const isTouched = (field: string) => before[field as keyof Typed] !== typed[field as keyof Typed];
  return Object.fromEntries(Object.entries(given).filter(([field]) => isTouched(field)));
}

const labelsOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(",")
      .map((pair) => pair.trim())
      .filter((pair) => pair !== "")
      .map((pair) => {
        const [label = "", value = ""] = pair.split("=", 2);
        return [label.trim(), value.trim()];
      }),
  );
