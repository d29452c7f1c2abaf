"use client";

import { type FormEvent, type ReactNode, useId, useState } from "react";
import type { Failure } from "#components/trpc/failure.ts";
import { Button } from "#components/ui/button.tsx";
import { Sheet } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import type { Role } from "#domain/access/schema.ts";
import { ROLE_WORDS } from "#domain/access/words.ts";
import { RoleSelect } from "./role-select.tsx";

type NamedRoleSheetProps = Readonly<{
  title: string;
  description: string;
  action: string;
  nameLabel: string;
  nameHint: string;
  /** Fields before the name. */
  children?: ReactNode;
  busy: boolean;
  failure: Failure | null;
  onClose: () => void;
  onSubmit: (given: { name: string; role: Role }) => void;
}>;

/** A name and a role, for a person and for a token alike. */
export function NamedRoleSheet(props: NamedRoleSheetProps) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const formId = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!props.busy) props.onSubmit({ name, role });
  };
  const general = props.failure !== null && Object.keys(props.failure.fields).length === 0;
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && props.onClose()}
      title={props.title}
      description={props.description}
      footer={
        <>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button look="filled" type="submit" form={formId} busy={props.busy}>
            {props.action}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={submit} className="flex flex-col gap-4">
        {props.children}
        <Field label={props.nameLabel} hint={props.nameHint} error={props.failure?.fields.name}>
          <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={80} autoComplete="off" />
        </Field>
        <Field label="Role" hint={`${ROLE_WORDS[role].one}: ${ROLE_WORDS[role].does}.`}>
          <RoleSelect value={role} onValueChange={setRole} />
        </Field>
        {general ? (
          <p role="alert" className="text-failing">
            {props.failure?.message}
          </p>
        ) : null}
      </form>
    </Sheet>
  );
}
