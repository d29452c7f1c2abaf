"use client";

import { Button } from "#components/ui/button.tsx";
import { CopyLine } from "#components/ui/copy-button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";

export type Shown = Readonly<{ title: string; description: string; secret: string; label: string }>;

/** What is shown once, as only its hash is kept. */
export const SecretDialog = ({ shown, onClose }: { shown: Shown | null; onClose: () => void }) => (
  <Dialog
    open={shown !== null}
    stays
    onOpenChange={(open) => !open && onClose()}
    title={shown?.title ?? ""}
    description={shown?.description}
    footer={
      <Button look="filled" onClick={onClose}>
        I have kept it
      </Button>
    }
  >
    {shown === null ? null : <CopyLine text={shown.secret} label={shown.label} />}
  </Dialog>
);
