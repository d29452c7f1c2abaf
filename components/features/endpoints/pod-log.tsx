"use client";

import type { EndpointRef } from "#components/endpoint/endpoint-ref.ts";
import { Sheet } from "#components/ui/dialog.tsx";
import { LogView, type PodPlace } from "./log-view.tsx";

/** A pod's log beside the pods, until the sheet is closed. */
export const PodLog = ({ at, place, onClose }: { at: EndpointRef; place: PodPlace; onClose: () => void }) => (
  <Sheet
    open
    onOpenChange={(open) => (open ? undefined : onClose())}
    title={`Log of ${place.pod}`}
    className="max-w-220"
  >
    <LogView at={at} place={place} className="h-full" />
  </Sheet>
);
