"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import type { Failure } from "#components/trpc/failure.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Chip } from "#components/ui/chip.tsx";
import { Sheet } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input, Textarea } from "#components/ui/input.tsx";
import { SearchChoice } from "#components/ui/search-choice.tsx";
import { announce } from "#components/ui/toast.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import type { Format } from "#domain/version/schema.ts";
import { adviceFor } from "./advice.ts";
import { FileDrop } from "./file-drop.tsx";
import { parseNames, parseNumbers } from "./numbers.ts";
import { useRegistration } from "./use-registration.ts";
import { type Upload, useUpload } from "./use-upload.ts";

const MODELS_SHOWN_MAX = 20;

type RegisterProps = Readonly<{
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Null: the form asks for it, or for a new one. */
  model: string | null;
}>;

const EMPTY = { isNew: true, chosen: "", name: "", description: "", metrics: "", labels: "", features: "" };
type Form = typeof EMPTY;

/** File, model and what is known of it; closing keeps what was entered. */
export function RegisterVersion({ open, onOpenChange, model }: RegisterProps) {
  const router = useRouter();
  const formId = useId();
  const [form, setForm] = useState<Form>(EMPTY);
  const set = (part: Partial<Form>) => setForm((before) => ({ ...before, ...part }));
  const { upload, begin, stop } = useUpload();
  const { register, forget, failure, busy } = useRegistration((version) => {
    setForm(EMPTY);
    onOpenChange(false);
    announce(`${version.model} v${version.version} is registered.`);
    router.push(screenPaths.version(version.model, version.version));
  });
  const isNew = model === null && form.isNew;
  const target = model ?? (isNew ? form.name.trim() : form.chosen);
  const metrics = parseNumbers(form.metrics);

  const onFile = (file: File) => {
    // What was said of the file before it does not hold for this one; a name that somebody typed does.
    if (!busy) forget();
    const before = upload.state === "none" ? "" : nameFrom(upload.file);
    if (form.name === "" || form.name === before) set({ name: nameFrom(file) });
    begin(file);
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (upload.state !== "stored" || target === "" || metrics.problem !== null) return;
    const labels = parseNames(form.labels);
    const featureNames = parseNames(form.features);
    const registration = {
      model: target,
      createModel: isNew,
      artifact: upload.artifact.digest,
      format: formatOf(upload.file),
      description: form.description,
      metrics: metrics.values,
      ...(labels ? { labels } : {}),
      ...(featureNames ? { featureNames } : {}),
    };
    register(registration);
  };
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      title={model === null ? "Register a version" : `Register a version of ${model}`}
      description="Slipway reads inputs and outputs out of the file and runs it once before it takes it."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form={formId} look="filled" busy={busy} refusal={missing(upload, target)}>
            {busy ? "Checking the model…" : "Register"}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={onSubmit} className="flex flex-col gap-4">
        {failure ? <Refused failure={failure} /> : null}
        <FileDrop upload={upload} onFile={onFile} onStop={stop} />
        {model === null ? <ModelChoice form={form} set={set} failure={failure} /> : null}
        <Field label="What changed" hint="Markdown; the version's card.">
          <Textarea value={form.description} onChange={(event) => set({ description: event.target.value })} />
        </Field>
        <Field label="Metrics" hint="One per line, such as auc = 0.91" error={metrics.problem}>
          <Textarea value={form.metrics} onChange={(event) => set({ metrics: event.target.value })} />
        </Field>
        <Field
          label="Class labels"
          hint="In output order, by commas or lines; shown instead of numbers."
          error={failure?.fields.labels}
        >
          <Textarea
            value={form.labels}
            onChange={(event) => set({ labels: event.target.value })}
            className="min-h-10"
          />
        </Field>
        <Field label="Feature names" hint="In input order, by commas or lines.">
          <Textarea
            value={form.features}
            onChange={(event) => set({ features: event.target.value })}
            className="min-h-10"
          />
        </Field>
      </form>
    </Sheet>
  );
}

type ChoiceProps = Readonly<{ form: Form; set: (part: Partial<Form>) => void; failure: Failure | null }>;

function ModelChoice({ form, set, failure }: ChoiceProps) {
  const trpc = useTRPC();
  const [search, setSearch] = useState("");
  const asked = { limit: MODELS_SHOWN_MAX, ...(search.trim() === "" ? {} : { search: search.trim() }) };
  const models = useQuery({
    ...trpc.model.list.queryOptions(asked),
    enabled: !form.isNew,
    placeholderData: keepPreviousData,
  });
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1 font-medium text-label">Model</legend>
      <div className="flex gap-2">
        <Chip pressed={form.isNew} onPress={() => set({ isNew: true })}>
          New
        </Chip>
        <Chip pressed={!form.isNew} onPress={() => set({ isNew: false })}>
          Existing
        </Chip>
      </div>
      {form.isNew ? (
        <Field
          label="Name of the new model"
          error={failure?.fields.model ?? (failure?.code === "name_taken" ? failure.message : null)}
        >
          <Input value={form.name} maxLength={120} onChange={(event) => set({ name: event.target.value })} />
        </Field>
      ) : (
        <SearchChoice
          label="Which"
          search={search}
          onSearch={setSearch}
          found={models.data?.items.map(({ name }) => ({ value: name, label: name }))}
          hasMore={(models.data?.nextCursor ?? null) !== null}
          value={form.chosen}
          onValueChange={(chosen) => set({ chosen })}
        />
      )}
    </fieldset>
  );
}

function Refused({ failure }: { failure: Failure }) {
  const advice = adviceFor(failure.code, failure.detail.reason);
  return (
    <Banner
      status="Failing"
      title={failure.code === "invalid_model" ? "This file cannot be served." : "Nothing was registered."}
    >
      <p>{failure.message}</p>
      {advice ? <p className="mt-1 text-ink">{advice}</p> : null}
      <p className="mt-1 text-label">What you entered is kept.</p>
    </Banner>
  );
}

/** Why it cannot be registered yet; null: it can. */
function missing(upload: Upload, target: string): string | null {
  if (upload.state === "none" || upload.state === "failed") return "Choose a model file first.";
  if (upload.state === "sending") return "The file is still on its way.";
  return target === "" ? "Say which model this is a version of." : null;
}

function formatOf({ name }: File): Format {
  if (/\.pmml$/i.test(name)) return "pmml";
  return /\.(pb|zip)$/i.test(name) ? "tensorflow" : "onnx";
}

const nameFrom = ({ name }: File): string =>
  name
    .replace(/\.[^.]+$/, "")
    .replaceAll(/[^\p{L}\p{N} ._/-]/gu, "-")
    .replace(/^[^\p{L}\p{N}]+/u, "")
    .slice(0, 120);
