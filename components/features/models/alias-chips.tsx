"use client";

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Button } from "#components/ui/button.tsx";
import { Chip } from "#components/ui/chip.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { SearchChoice } from "#components/ui/search-choice.tsx";
import { announce } from "#components/ui/toast.tsx";
import { Tooltip } from "#components/ui/tooltip.tsx";

const SHOWN_MAX = 20;
const USUAL = ["champion", "challenger"];

type AliasProps = Readonly<{
  model: string;
  aliases: Readonly<Record<string, string>>;
  /** The newest version; undefined: there is none. */
  latest: string | undefined;
}>;

/** Movable names of versions: set one, move it, take it away. */
export function AliasChips({ model, aliases, latest }: AliasProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const refusal = useRefusal("model:write");
  const [form, setForm] = useState<{ alias: string; version: string } | null>(null);
  const renew = async () => {
    await queryClient.invalidateQueries({ queryKey: trpc.model.pathKey() });
    await queryClient.invalidateQueries({ queryKey: trpc.version.pathKey() });
  };
  const put = useMutation(
    trpc.model.putAlias.mutationOptions({
      onSuccess: async () => {
        setForm(null);
        await renew();
      },
    }),
  );
  const remove = useMutation(
    trpc.model.deleteAlias.mutationOptions({
      onSuccess: async (_, { alias }) => {
        await renew();
        const version = aliases[alias];
        if (version === undefined) return;
        const undo = { label: "Undo", onPress: () => put.mutate({ model, alias, version }) };
        announce(`${alias} names no version now.`, { action: undo });
      },
      onError: (error) => announce(failureOf(error).message, { failed: true }),
    }),
  );
  const entries = Object.entries(aliases);
  const open = (alias: string, version: string) => {
    put.reset();
    setForm({ alias, version });
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      {entries.map(([alias, version]) => (
        <Chip
          key={alias}
          {...(refusal === null ? { onRemove: () => remove.isPending || remove.mutate({ model, alias }) } : {})}
          removeLabel={`Remove ${alias}`}
        >
          <AliasButton alias={alias} version={version} refusal={refusal} onPress={() => open(alias, version)} />
        </Chip>
      ))}
      <Button
        look="quiet"
        size="small"
        className={entries.length === 0 ? "-ml-2" : ""}
        refusal={refusal ?? (latest === undefined ? "An alias names a version: register one first." : null)}
        onClick={() => open(USUAL.find((name) => !(name in aliases)) ?? "", latest ?? "")}
      >
        <Plus aria-hidden /> Alias
      </Button>
      {form ? (
        <AliasDialog
          model={model}
          form={form}
          busy={put.isPending}
          error={put.isError ? failureOf(put.error).message : null}
          onChange={setForm}
          onClose={() => setForm(null)}
          onSave={() => put.mutate({ model, ...form })}
        />
      ) : null}
    </div>
  );
}

type AliasButtonProps = Readonly<{ alias: string; version: string; refusal: string | null; onPress: () => void }>;

/** One that is refused stays focusable, so that its reason can be read by keyboard. */
function AliasButton({ alias, version, refusal, onPress }: AliasButtonProps) {
  const button = (
    <button
      type="button"
      aria-disabled={refusal !== null || undefined}
      className="not-aria-disabled:hover:underline aria-disabled:cursor-not-allowed max-sm:h-full"
      onClick={refusal === null ? onPress : undefined}
      aria-label={`${alias} v${version}, move`}
    >
      {alias} <span className="text-muted">v{version}</span>
    </button>
  );
  return refusal === null ? button : <Tooltip text={refusal}>{button}</Tooltip>;
}

type Form = { alias: string; version: string };
type DialogProps = Readonly<{
  model: string;
  form: Form;
  busy: boolean;
  error: string | null;
  onChange: (form: Form) => void;
  onClose: () => void;
  onSave: () => void;
}>;

function AliasDialog({ model, form, busy, error, onChange, onClose, onSave }: DialogProps) {
  const trpc = useTRPC();
  const [search, setSearch] = useState("");
  const found = useQuery({
    ...trpc.version.list.queryOptions({ model, limit: SHOWN_MAX, ...(search === "" ? {} : { search }) }),
    placeholderData: keepPreviousData,
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    onSave();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Set an alias"
      description="An alias names one version of this model. Nothing that is deployed changes by it."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="alias" look="filled" busy={busy}>
            Set alias
          </Button>
        </>
      }
    >
      <form id="alias" onSubmit={onSubmit} className="flex flex-col gap-4">
        <Field label="Alias" hint="Such as champion or challenger" error={error}>
          <Input value={form.alias} required onChange={(event) => onChange({ ...form, alias: event.target.value })} />
        </Field>
        <SearchChoice
          label={`Version: v${form.version}`}
          placeholder="Its number, or an alias it has"
          search={search}
          onSearch={setSearch}
          found={found.data?.items.map(({ version, aliases }) => ({
            value: version,
            label: [`v${version}`, ...aliases].join(" · "),
          }))}
          hasMore={(found.data?.nextCursor ?? null) !== null}
          value={form.version}
          onValueChange={(version) => onChange({ ...form, version })}
        />
      </form>
    </Dialog>
  );
}
