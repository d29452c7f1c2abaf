"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/client.tsx";
import { Chip } from "#components/ui/chip.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";

export type DeployTarget = Readonly<{ isNew: boolean; endpoint: string; environment: string }>;

type ChoiceProps = Readonly<{
  target: DeployTarget;
  environments: readonly string[];
  onChange: (target: DeployTarget) => void;
  error: string | null;
}>;

const OFFERED_MAX = 200;

export function EndpointChoice({ target, environments, onChange, error }: ChoiceProps) {
  const trpc = useTRPC();
  const endpoints = useQuery(trpc.endpoint.list.queryOptions({ limit: OFFERED_MAX }));
  const known = endpoints.data?.items ?? [];
  const chosen = target.endpoint === "" ? undefined : `${target.environment}/${target.endpoint}`;
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1 font-medium text-label">Endpoint</legend>
      <div className="flex gap-2">
        <Chip pressed={target.isNew} onPress={() => onChange({ ...target, isNew: true, endpoint: "" })}>
          New
        </Chip>
        <Chip pressed={!target.isNew} onPress={() => onChange({ ...target, isNew: false, endpoint: "" })}>
          Existing
        </Chip>
      </div>
      {target.isNew ? (
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="Name" hint="Part of its address; it never changes." error={error}>
            <Input
              value={target.endpoint}
              maxLength={40}
              spellCheck={false}
              onChange={(event) => onChange({ ...target, endpoint: event.target.value })}
            />
          </Field>
          <Field label="Environment">
            <Select
              value={target.environment || undefined}
              onValueChange={(environment) => onChange({ ...target, environment })}
              options={environments.map((name) => ({ value: name, label: name }))}
              placeholder="Choose one"
            />
          </Field>
        </div>
      ) : (
        <Field label="Which" hint={known.length === 0 && endpoints.isSuccess ? "There is none yet." : undefined}>
          <Select
            value={chosen}
            onValueChange={(key) => {
              const [environment = "", endpoint = ""] = key.split("/");
              onChange({ isNew: false, environment, endpoint });
            }}
            options={known.map(({ name, environment }) => ({
              value: `${environment}/${name}`,
              label: `${name} in ${environment}`,
            }))}
            placeholder="Choose an endpoint"
          />
        </Field>
      )}
    </fieldset>
  );
}
