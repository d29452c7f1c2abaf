"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { useAccount } from "#components/ui/access.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { PASSWORD_LENGTH_MIN } from "#domain/access/password-length.ts";
import { ROLE_WORDS } from "#domain/access/words.ts";
import { screenPaths, signInPath } from "#domain/shared/screen-paths.ts";

export function AccountView() {
  const account = useAccount();
  if (account === null) return null;
  const { one, does } = ROLE_WORDS[account.role];
  return (
    <>
      <PageHeader title="Your account">
        {account.name}, {account.email}. {one}: {does}.
      </PageHeader>
      <PasswordCard email={account.email} />
    </>
  );
}

function PasswordCard({ email }: { email: string }) {
  const trpc = useTRPC();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation(
    trpc.person.changePassword.mutationOptions({
      onSuccess: () => window.location.assign(signInPath(screenPaths.settingsOf("account"), "password")),
    }),
  );
  const failure = change.error === null ? null : failureOf(change.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!change.isPending) change.mutate({ current, next });
  };
  return (
    <Card title="Password" className="max-w-120">
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <input type="hidden" name="username" autoComplete="username" value={email} />
        <Field label="Password now" error={failure?.fields.current}>
          <Input
            type="password"
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        </Field>
        <Field label="New password" hint={`${PASSWORD_LENGTH_MIN} characters or more.`} error={failure?.fields.next}>
          <Input
            type="password"
            autoComplete="new-password"
            value={next}
            onChange={(event) => setNext(event.target.value)}
          />
        </Field>
        <p className="text-label text-muted">You are signed out on every device, and sign in again with the new one.</p>
        {failure !== null && Object.keys(failure.fields).length === 0 ? (
          <p role="alert" className="text-failing">
            {failure.message}
          </p>
        ) : null}
        <Button type="submit" look="filled" busy={change.isPending} className="self-start">
          Change password
        </Button>
      </form>
    </Card>
  );
}
