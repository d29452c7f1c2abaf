"use client";

import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import type { ExternalToast } from "sonner";

type ToastAction = Readonly<{ label: string; onPress: () => void }>;

const load = () => import("sonner");
const Host = dynamic(() => import("./toast-host.tsx").then((file) => file.ToastHost), { ssr: false });

let show: (() => void) | null = null;

/** Says that something happened elsewhere than where one looks; an error that belongs to a field stays at the field. */
export function announce(message: string, options: { detail?: string; action?: ToastAction; failed?: boolean } = {}) {
  const { detail, action, failed } = options;
  const more: ExternalToast = {
    // The same said twice is shown once.
    id: message,
    ...(detail ? { description: detail } : {}),
    ...(action ? { action: { label: action.label, onClick: action.onPress } } : {}),
    ...(failed ? { duration: 10_000 } : {}),
  };
  show?.();
  void load().then(({ toast }) => (failed ? toast.error(message, more) : toast(message, more)));
}

/** Where announcements appear. Most pages never make one, so what draws them is loaded with the first. */
export function Toaster() {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    show = () => setShown(true);
    return () => {
      show = null;
    };
  }, []);
  return isShown ? <Host /> : null;
}
