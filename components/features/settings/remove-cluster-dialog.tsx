"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { announce } from "#components/ui/toast.tsx";
import type { Cluster } from "./clusters-view.tsx";

/** An empty one goes at a click; one that is in use is abandoned only by who writes its name. */
export function RemoveClusterDialog({ cluster, onClose }: { cluster: Cluster; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [typed, setTyped] = useState("");
  const remove = useMutation(
    trpc.cluster.remove.mutationOptions({
      onSuccess: async ({ name }) => {
        onClose();
        announce(`Cluster ${name} is removed.`);
        await queries.invalidateQueries();
      },
    }),
  );
  const { name, environments } = cluster;
  const isEmpty = environments.length === 0;
  const refusal = isEmpty || typed === name ? null : `Write ${name} to abandon it.`;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={isEmpty ? `Remove ${name}?` : `Abandon ${name} and all that is in it?`}
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            look="danger"
            refusal={refusal}
            busy={remove.isPending}
            onClick={() => remove.mutate({ cluster: name, abandon: !isEmpty })}
          >
            {isEmpty ? "Remove" : "Abandon"}
          </Button>
        </>
      }
    >
      {isEmpty ? (
        <p>Its credentials are erased. Nothing in the cluster is touched.</p>
      ) : (
        <div className="flex flex-col gap-4">
          <p>
            Slipway forgets {environments.join(", ")} with every endpoint in {environments.length === 1 ? "it" : "them"}
            , and erases the credentials. What runs in the cluster goes on answering as it is now, and nobody here can
            change it any more. To take it away properly, delete the endpoints and environments first.
          </p>
          <Field label={`Write ${name} to confirm`}>
            <Input value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" />
          </Field>
        </div>
      )}
      {remove.error === null ? null : (
        <p role="alert" className="mt-3 text-failing">
          {failureOf(remove.error).message}
        </p>
      )}
    </Dialog>
  );
}
