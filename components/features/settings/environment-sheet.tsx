"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { Button } from "#components/ui/button.tsx";
import { Sheet } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { announce } from "#components/ui/toast.tsx";

const EMPTY = { name: "", namespace: "", gatewayUrl: "" };
const KINDS = [
  { value: "development", label: "Development" },
  { value: "production", label: "Production" },
] as const;

/** Adds an environment; its namespace and rights are made by the cluster's administrator beforehand. */
export function EnvironmentSheet({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const clusters = useQuery(trpc.cluster.list.queryOptions({})).data?.items ?? [];
  const [given, setGiven] = useState(EMPTY);
  const [kind, setKind] = useState<(typeof KINDS)[number]["value"]>("development");
  const [chosen, setChosen] = useState<string>();
  const cluster = chosen ?? clusters[0]?.name;
  const formId = useId();
  const create = useMutation(
    trpc.environment.create.mutationOptions({
      onSuccess: async ({ name }) => {
        onClose();
        announce(`Environment ${name} is added.`, { detail: "The worker starts its routers now." });
        await queries.invalidateQueries(trpc.environment.list.pathFilter());
      },
    }),
  );
  const failure = create.error === null ? null : failureOf(create.error);
  const text = (name: keyof typeof EMPTY) => ({
    value: given[name],
    onChange: (event: { target: { value: string } }) => setGiven({ ...given, [name]: event.target.value }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!create.isPending) create.mutate({ ...given, kind, cluster: cluster ?? "" });
  };
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add environment"
      description="The namespace must exist, with the rights that Slipway needs in it."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="filled" type="submit" form={formId} busy={create.isPending}>
            Add environment
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Name" error={failure?.fields.name}>
          <Input {...text("name")} autoComplete="off" placeholder="production" />
        </Field>
        <Field
          label="Kind"
          hint={kind === "production" ? "Only operators and administrators change it." : "Scientists may deploy here."}
        >
          <Select value={kind} onValueChange={setKind} options={KINDS} />
        </Field>
        <Field label="Cluster" error={failure?.fields.cluster}>
          <Select
            value={cluster}
            onValueChange={setChosen}
            options={clusters.map(({ name }) => ({ value: name, label: name }))}
          />
        </Field>
        <Field label="Namespace" error={failure?.fields.namespace}>
          <Input {...text("namespace")} autoComplete="off" placeholder="models-production" />
        </Field>
        <Field
          label="Address of its routers"
          hint="Where applications send predictions to."
          error={failure?.fields.gatewayUrl}
        >
          <Input {...text("gatewayUrl")} type="url" autoComplete="off" placeholder="https://models.example.com" />
        </Field>
        {failure !== null && Object.keys(failure.fields).length === 0 ? (
          <p role="alert" className="text-failing">
            {failure.message}
          </p>
        ) : null}
      </form>
    </Sheet>
  );
}
