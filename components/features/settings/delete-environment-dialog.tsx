"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { announce } from "#components/ui/toast.tsx";
import type { Environment } from "./environments-view.tsx";

export function DeleteEnvironmentDialog({ environment, onClose }: { environment: Environment; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { name, namespace } = environment;
  const remove = useMutation(
    trpc.environment.delete.mutationOptions({
      onSuccess: async () => {
        onClose();
        announce(`Environment ${name} is deleted.`, { detail: "Its routers and artifact store are taken away now." });
        await queries.invalidateQueries();
      },
    }),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete ${name}?`}
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="danger" busy={remove.isPending} onClick={() => remove.mutate({ environment: name })}>
            Delete
          </Button>
        </>
      }
    >
      Only an environment without endpoints can go. Its routers and artifact store are taken away; the namespace{" "}
      {namespace}, its accounts and roles stay for an administrator to remove. Ledger and audit stay.
      {remove.error === null ? null : (
        <p role="alert" className="mt-3 text-failing">
          {failureOf(remove.error).message}
        </p>
      )}
    </Dialog>
  );
}
