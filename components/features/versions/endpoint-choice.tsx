"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { Chip } from "#components/ui/chip.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { SearchChoice } from "#components/ui/search-choice.tsx";
import { Select } from "#components/ui/select.tsx";
import { type DeployTarget, ofKind } from "./deploy-target.ts";

type ChoiceProps = Readonly<{
  target: DeployTarget;
  /** Name of a new endpoint until somebody types another. */
  suggestion: string;
  environments: readonly string[];
  onChange: (target: DeployTarget) => void;
  error: string | null;
}>;

const SHOWN_MAX = 20;

export function EndpointChoice({ target, suggestion, environments, onChange, error }: ChoiceProps) {
  const trpc = useTRPC();
  // What was chosen beforehand is at the top without a search of its own.
  const [search, setSearch] = useState(target.isNew ? "" : target.endpoint);
  const asked = { limit: SHOWN_MAX, ...(search.trim() === "" ? {} : { search: search.trim() }) };
  const endpoints = useQuery({
    ...trpc.endpoint.list.queryOptions(asked),
    enabled: !target.isNew,
    placeholderData: keepPreviousData,
  });
  const [only, ...others] = endpoints.data?.items ?? [];
  const alone = search === "" && !endpoints.isPlaceholderData && others.length === 0 ? only : undefined;
  useEffect(() => {
    if (!target.isNew && target.endpoint === "" && alone !== undefined)
      onChange({ isNew: false, environment: alone.environment, endpoint: alone.name });
  }, [target, alone, onChange]);
  const chosen = target.endpoint === "" ? undefined : `${target.environment}/${target.endpoint}`;
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1 font-medium text-label">Endpoint</legend>
      <div className="flex gap-2">
        <Chip pressed={target.isNew} onPress={() => onChange(ofKind(target, true, suggestion))}>
          New
        </Chip>
        <Chip pressed={!target.isNew} onPress={() => onChange(ofKind(target, false, suggestion))}>
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
        <SearchChoice
          label="Which"
          search={search}
          onSearch={setSearch}
          found={endpoints.data?.items.map(({ name, environment }) => ({
            value: `${environment}/${name}`,
            label: `${name} in ${environment}`,
          }))}
          hasMore={(endpoints.data?.nextCursor ?? null) !== null}
          value={chosen}
          onValueChange={(key) => {
            const [environment = "", endpoint = ""] = key.split("/");
            onChange({ isNew: false, environment, endpoint });
          }}
        />
      )}
    </fieldset>
  );
}
