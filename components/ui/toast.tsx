"use client";

import { useTheme } from "next-themes";
import { Toaster as Sonner, toast } from "sonner";

type ToastAction = Readonly<{ label: string; onPress: () => void }>;

/** Says that something happened elsewhere than where one looks; an error that belongs to a field stays at the field. */
export function announce(message: string, options: { detail?: string; action?: ToastAction; failed?: boolean } = {}) {
  const { detail, action, failed } = options;
  const show = failed ? toast.error : toast;
  show(message, {
    ...(detail ? { description: detail } : {}),
    ...(action ? { action: { label: action.label, onClick: action.onPress } } : {}),
    ...(failed ? { duration: 10_000 } : {}),
  });
}

export function Toaster() {
  const { resolvedTheme } = useTheme();
  return (
    <Sonner
      theme={resolvedTheme === "dark" ? "dark" : "light"}
      position="bottom-right"
      closeButton
      toastOptions={{
        style: { background: "var(--surface)", color: "var(--ink)", borderColor: "var(--line)", fontSize: "13px" },
      }}
    />
  );
}
