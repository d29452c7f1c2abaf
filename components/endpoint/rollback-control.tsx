"use client";

import { useQuery } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsInteger, useQueryStates } from "nuqs";
import { useEffect } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Button } from "#components/ui/button.tsx";
import { loadOverlay } from "#components/ui/dialog.tsx";
import type { Endpoint, EndpointRef } from "./endpoint-ref.ts";
import { versionsWords } from "./plan-words.ts";

// Fetched as soon as the button stands, so that the one click that must not wait does not.
const loadDialog = () => import("./rollback-dialog.tsx").then((file) => file.RollbackDialog);
const loadAll = () => void Promise.all([loadDialog(), loadOverlay()]);
const RollbackDialog = dynamic(loadDialog, { ssr: false });

/** Whether the dialog is open, and for which plan: in the address, so that an incident can link to it. 0: the rule's own. */
export const useRollbackDialog = () => {
  const [{ rollback }, set] = useQueryStates({ rollback: parseAsInteger }, { history: "replace" });
  return {
    toPlan: rollback,
    open: (toPlan = 0) => void set({ rollback: toPlan }),
    close: () => void set({ rollback: null }),
  };
};

/**
 * Roll back, with its target in its name. On a phone it is a bar at the bottom, above the navigation. Without a target it
 * cannot be pressed and says why; plans that somebody may choose by name are then behind a second button.
 */
export function RollbackControl({ at, view }: { at: EndpointRef; view: Endpoint }) {
  const trpc = useTRPC();
  const dialog = useRollbackDialog();
  useEffect(loadAll, []);
  const preview = useQuery(trpc.endpoint.rollbackPreview.queryOptions(at));
  const forbidden = useRefusal("traffic:rollback");
  const { target, why, choices = [] } = preview.data ?? { target: null, why: null };
  const unknown = preview.isError ? failureOf(preview.error).message : null;
  const refusal = forbidden ?? (target === null ? (why ?? unknown ?? "Looking for what to go back to.") : null);
  const name = target === null ? "Roll back" : `Roll back to ${versionsWords(target.entries, view.revisions)}`;
  const choose = forbidden === null && target === null && choices.length > 0;
  return (
    <>
      <div className="flex flex-col items-end gap-1 max-sm:fixed max-sm:inset-x-0 max-sm:bottom-14 max-sm:z-20 max-sm:border-t max-sm:bg-surface max-sm:p-2">
        <Button
          look="filled"
          className="min-w-44 max-w-72 max-sm:h-12 max-sm:w-full max-sm:max-w-none"
          refusal={refusal}
          onClick={() => dialog.open()}
        >
          <Undo2 aria-hidden />
          <span className="truncate">{name}</span>
        </Button>
        {choose ? (
          <Button look="quiet" size="small" onClick={() => dialog.open()} className="max-sm:w-full">
            Choose an earlier plan…
          </Button>
        ) : null}
      </div>
      <OpenRollback at={at} view={view} />
    </>
  );
}

/** The dialog, while the address says that it is open: also where its button has gone meanwhile, or is an undo. */
export function OpenRollback({ at, view }: { at: EndpointRef; view: Endpoint }) {
  const trpc = useTRPC();
  const dialog = useRollbackDialog();
  const { data } = useQuery({
    ...trpc.endpoint.rollbackPreview.queryOptions(at),
    enabled: dialog.toPlan !== null,
  });
  if (dialog.toPlan === null) return null;
  return (
    <RollbackDialog
      at={at}
      toPlan={dialog.toPlan === 0 ? undefined : dialog.toPlan}
      failing={view.health.state === "Failing" || view.health.state === "Degraded"}
      newest={view.plan}
      choices={data?.choices ?? []}
      among={view.revisions}
      onChoose={dialog.open}
      onClose={dialog.close}
      onDone={dialog.close}
    />
  );
}
