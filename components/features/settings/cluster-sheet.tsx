"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ChangeEvent, type FormEvent, useId, useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { type Failure, failureOf } from "#components/trpc/failure.ts";
import { Button } from "#components/ui/button.tsx";
import { CopyLine } from "#components/ui/copy-button.tsx";
import { Sheet } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input, Textarea } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { announce } from "#components/ui/toast.tsx";
import { ChangedMeanwhile } from "./changed-meanwhile.tsx";
import type { Cluster } from "./clusters-view.tsx";

/** Adds a cluster, or gives new credentials of one that is there. What was typed is kept through every refusal. */
export function ClusterSheet({ cluster, onClose }: { cluster?: Cluster; onClose: () => void }) {
  const [name, setName] = useState("");
  const [kubeconfig, setKubeconfig] = useState("");
  const [context, setContext] = useState<string>();
  const [seen, setSeen] = useState(cluster?.generation ?? 0);
  const save = useSave(cluster, onClose);
  const { failure } = save;
  const contexts = contextsOf(failure);
  const formId = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = { kubeconfig, ...(context === undefined ? {} : { context }) };
    if (!save.busy) save.run(name, given, seen);
  };
  const action = cluster === undefined ? "Add cluster" : "Save credentials";
  return (
    <Sheet
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={cluster === undefined ? "Add cluster" : `New credentials of ${cluster.name}`}
      description="A kubeconfig with everything in it. It is kept encrypted and shown to nobody."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="filled" type="submit" form={formId} busy={save.busy}>
            {action}
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
              save.reset();
            }}
          />
        )}
        {cluster === undefined ? (
          <Field label="Name" error={failure?.fields.name}>
            <Input
              value={name}
              onChange={(event) => setName(event.target.value)}
              autoComplete="off"
              placeholder="eu-west"
            />
          </Field>
        ) : null}
        <Field
          label="Kubeconfig"
          hint="Server, CA, and a token or client certificate, all inline. Programs, files, proxies and skipped checks are refused."
          error={failure?.fields.kubeconfig}
        >
          <Textarea
            value={kubeconfig}
            onChange={(event) => setKubeconfig(event.target.value)}
            autoComplete="off"
            spellCheck={false}
            rows={10}
            className="font-mono text-label"
          />
        </Field>
        <FileButton onText={setKubeconfig} />
        {contexts.length > 0 ? (
          <Field
            label="Context"
            error={context === undefined ? "Several are in it: choose one." : failure?.fields.context}
          >
            <Select
              value={context}
              onValueChange={setContext}
              placeholder="Choose one"
              options={contexts.map((value) => ({ value, label: value }))}
            />
          </Field>
        ) : null}
        <General failure={failure} />
        <div>
          <p className="mb-1 text-label text-muted">A file that has everything in it:</p>
          <CopyLine text="kubectl config view --minify --flatten --raw" label="Copy command" />
        </div>
      </form>
    </Sheet>
  );
}

type Given = Readonly<{ kubeconfig: string; context?: string }>;

function useSave(cluster: Cluster | undefined, onClose: () => void) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const done = {
    onSuccess: async (answer: { name: string }) => {
      onClose();
      const words = cluster === undefined ? `Cluster ${answer.name} is added.` : `${answer.name} has new credentials.`;
      announce(words, { detail: "The worker looks now whether it answers." });
      await queries.invalidateQueries(trpc.cluster.list.pathFilter());
    },
  };
  const create = useMutation(trpc.cluster.create.mutationOptions(done));
  const update = useMutation(trpc.cluster.update.mutationOptions(done));
  const error = create.error ?? update.error;
  return {
    busy: create.isPending || update.isPending,
    reset: update.reset,
    failure: error === null ? null : failureOf(error),
    run(name: string, given: Given, seen: number) {
      if (cluster === undefined) create.mutate({ name, ...given });
      else update.mutate({ cluster: cluster.name, ...given, expectedGeneration: seen });
    },
  };
}

const contextsOf = (failure: Failure | null): string[] => {
  const contexts = failure?.detail.contexts;
  return Array.isArray(contexts) ? contexts.filter((one) => typeof one === "string") : [];
};

const SHOWN_BESIDE = new Set(["changed_meanwhile"]);

const General = ({ failure }: { failure: Failure | null }) =>
  failure === null || Object.keys(failure.fields).length > 0 || SHOWN_BESIDE.has(failure.code) ? null : (
    <p role="alert" className="text-failing">
      {failure.message}
    </p>
  );

function FileButton({ onText }: { onText: (text: string) => void }) {
  const id = useId();
  const read = async (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? [];
    if (file !== undefined) onText(await file.text());
  };
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium text-label">
        Or take it from a file
      </label>
      <input
        id={id}
        type="file"
        onChange={(event) => void read(event)}
        className="w-full text-label text-muted file:mr-3 file:h-control file:rounded-control file:border file:border-edge file:border-solid file:bg-surface file:px-3 file:font-medium file:text-body file:text-ink"
      />
    </div>
  );
}
