"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";
import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";

export type OverlayProps = Readonly<{
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  children: ReactNode;
  /** Actions, at the end of a line of their own; the filled one last. */
  footer?: ReactNode;
  className?: string;
}>;

const shade = "fixed inset-0 z-40 animate-appear bg-shade";

/** For a question that must be answered before anything else. */
export function Dialog({ className, ...props }: OverlayProps) {
  const panel =
    "fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-32px)] w-[calc(100vw-32px)] max-w-120 -translate-x-1/2 -translate-y-1/2 animate-appear flex-col rounded-card border bg-surface shadow-overlay";
  return <Overlay {...props} className={classNames(panel, className)} />;
}

/** A panel at the right, for work on what is behind it; the whole screen on a phone. */
export function Sheet({ className, ...props }: OverlayProps) {
  const panel =
    "fixed inset-y-0 right-0 z-50 flex w-full max-w-140 animate-slide-in flex-col border-l bg-surface shadow-overlay";
  return <Overlay {...props} className={classNames(panel, className)} />;
}

function Overlay({ open, onOpenChange, title, description, children, footer, className }: OverlayProps) {
  const focusedBefore = useRef<Element | null>(null);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={shade} />
        <Radix.Content
          className={className}
          {...(description ? {} : { "aria-describedby": undefined })}
          onOpenAutoFocus={() => {
            focusedBefore.current = document.activeElement;
          }}
          // Radix returns it to a trigger of its own, and these are opened by whatever the page likes.
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (focusedBefore.current instanceof HTMLElement) focusedBefore.current.focus();
          }}
        >
          <header className="flex items-start justify-between gap-4 border-b p-4">
            <div className="min-w-0">
              <Radix.Title className="font-semibold text-section">{title}</Radix.Title>
              {description ? (
                <Radix.Description className="mt-1 text-body text-muted">{description}</Radix.Description>
              ) : null}
            </div>
            <Radix.Close asChild>
              <Button look="quiet" size="icon" aria-label="Close">
                <X aria-hidden />
              </Button>
            </Radix.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto p-4">{children}</div>
          {footer ? <footer className="flex flex-wrap justify-end gap-2 border-t p-4">{footer}</footer> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
