"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Endpoint } from "#components/endpoint/endpoint-ref.ts";
import { versionsWords } from "#components/endpoint/plan-words.ts";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";

/** The name is typed, so that nobody deletes what they did not read. */
export function DeleteDialog({ view, onClose }: { view: Endpoint; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [typed, setTyped] = useState("");
  const remove = useMutation(
    trpc.endpoint.delete.mutationOptions({
      onSuccess: () => {
        void queryClient.invalidateQueries({ queryKey: trpc.endpoint.pathKey() });
        onClose();
      },
    }),
  );
  const same = typed === view.name;
  const submit = () => {
    if (same && !remove.isPending) remove.mutate({ endpoint: view.name, environment: view.environment });
  };
  const answering = versionsWords(view.plan?.entries ?? [], view.revisions);
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Delete ${view.name}`}
      description={`${answering === "nothing" ? "Nothing" : answering} answers in ${view.environment} now. Callers of its address will get 404.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" busy={remove.isPending} refusal={same ? null : "Type its name first."} onClick={submit}>
            Delete {view.name}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field
          label={`Type ${view.name} to confirm`}
          error={remove.error === null ? null : failureOf(remove.error).message}
        >
          <Input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      </form>
    </Dialog>
  );
}
