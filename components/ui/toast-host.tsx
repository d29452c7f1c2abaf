"use client";

import { useTheme } from "next-themes";
import { Toaster as Sonner } from "sonner";

export function ToastHost() {
  const { resolvedTheme } = useTheme();
  return (
    <Sonner
      theme={resolvedTheme === "dark" ? "dark" : "light"}
      // The right belongs to a sheet and its buttons.
      position="bottom-left"
      closeButton
      toastOptions={{
        style: {
          background: "var(--surface)",
          color: "var(--ink)",
          borderColor: "var(--line)",
          fontSize: "13px",
          // Inherited, it would be the library's own.
          fontFamily: "var(--font-sans)",
        },
      }}
    />
  );
}
