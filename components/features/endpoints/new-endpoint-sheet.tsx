"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { curlOf } from "#components/endpoint/curl.ts";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyLine } from "#components/ui/copy-button.tsx";
import { Sheet } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { nameProblem } from "#domain/shared/name-rules.ts";
import { screenPaths } from "#domain/shared/screen-paths.ts";

type NewEndpointSheetProps = Readonly<{
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Chosen at first. */
  environment: string | null;
}>;

export function NewEndpointSheet({ open, onOpenChange, environment: chosenAtFirst }: NewEndpointSheetProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const environments = useQuery(trpc.environment.list.queryOptions({ limit: 200 })).data?.items ?? [];
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState(chosenAtFirst);
  const environment = chosen ?? environments[0]?.name;
  const kind = environments.find((one) => one.name === environment)?.kind;
  const refusal = useRefusal("endpoint:write", kind);
  const create = useMutation(
    trpc.endpoint.create.mutationOptions({
      onSuccess: (made) => router.push(screenPaths.endpoint(made.environment, made.name)),
    }),
  );
  const problem = name === "" ? null : nameProblem(name);
  const failure = create.error === null ? null : failureOf(create.error);
  const ready = name !== "" && problem === null && environment !== undefined;
  // Also on the way to its page: a second one would be refused as a name that is taken.
  const busy = create.isPending || create.isSuccess;
  const submit = () => {
    if (ready && !busy) create.mutate({ name, environment });
  };
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      title="New endpoint"
      description="One stable address. Model versions come and go behind it."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button look="filled" busy={busy} refusal={refusal ?? (ready ? null : "It needs a name.")} onClick={submit}>
            Create
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field
          label="Name"
          hint="It is part of the address, and stays."
          error={problem ?? (failure?.code === "name_taken" ? failure.message : null)}
        >
          <Input
            value={name}
            onChange={(event) => setName(event.target.value)}
            placeholder="credit-score"
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
        <Field label="Environment">
          <Select
            value={environment}
            onValueChange={setChosen}
            placeholder="Choose"
            options={environments.map((one) => ({
              value: one.name,
              label: one.kind === "production" ? `${one.name} · production` : one.name,
            }))}
          />
        </Field>
        {ready ? (
          <div>
            <p className="mb-1 font-medium text-label">The same by command</p>
            <CopyLine text={curlOf("POST", "/endpoints", { name, environment })} label="Copy command" />
          </div>
        ) : null}
        {failure !== null && failure.code !== "name_taken" ? (
          <Banner status="Failing" title="It was not created.">
            {failure.message}
          </Banner>
        ) : null}
      </form>
    </Sheet>
  );
}
