"use client";

import { type FormEvent, useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/choice.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";

type Refusal = Readonly<{ detail?: string; errors?: readonly { path: string; message: string }[] }>;

/** `next` is a path of this site. */
export function SignInForm({ next }: { next: string }) {
  const [remember, setRemember] = useState(true);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const rememberId = useId();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const { currentTarget } = event;
    const form = new FormData(currentTarget);
    setBusy(true);
    const refused = await signIn({ email: form.get("email"), password: form.get("password"), remember });
    // A whole new page: what was loaded before belonged to nobody.
    if (refused === null) return window.location.assign(next);
    setRefusal(refused);
    setBusy(false);
    const wrongField = refused.errors?.[0]?.path ?? "password";
    currentTarget.querySelector<HTMLInputElement>(`[name=${CSS.escape(wrongField)}]`)?.select();
  };
  const wrong = (path: string) => refusal?.errors?.find((error) => error.path === path)?.message;
  return (
    <Card>
      {/* Posted even before scripts run, it must not put a password into the address. */}
      <form method="post" noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <Field label="E-mail" error={wrong("email")}>
          <Input name="email" type="email" autoComplete="username" autoFocus required />
        </Field>
        <Field label="Password" error={wrong("password")}>
          <Input name="password" type="password" autoComplete="current-password" required />
        </Field>
        <div className="flex items-center gap-2">
          <Checkbox id={rememberId} checked={remember} onCheckedChange={setRemember} />
          <label htmlFor={rememberId}>Remember this device for 30 days</label>
        </div>
        {refusal !== null && !refusal.errors ? (
          <p role="alert" className="text-failing">
            {refusal.detail}
          </p>
        ) : null}
        <Button type="submit" look="filled" busy={busy}>
          Sign in
        </Button>
      </form>
    </Card>
  );
}

/** Null: signed in. */
async function signIn(given: object): Promise<Refusal | null> {
  try {
    const answer = await fetch("/api/auth/sign-in", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(given),
    });
    return answer.ok ? null : ((await answer.json()) as Refusal);
  } catch {
    return { detail: "Slipway does not answer. Predictions go on; try again in a moment." };
  }
}
