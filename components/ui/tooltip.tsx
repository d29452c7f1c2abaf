"use client";

import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";

export const TooltipProvider = ({ children }: { children: ReactNode }) => (
  <Radix.Provider delayDuration={300} skipDelayDuration={100}>
    {children}
  </Radix.Provider>
);

/** `children` is one focusable element; the text is its description. */
export const Tooltip = ({ text, children }: { text: ReactNode; children: ReactNode }) => (
  <Radix.Root>
    <Radix.Trigger asChild>{children}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content
        sideOffset={6}
        collisionPadding={8}
        className="z-50 max-w-72 animate-appear rounded-control bg-ink px-2 py-1 text-label text-page shadow-overlay"
      >
        {text}
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
);
