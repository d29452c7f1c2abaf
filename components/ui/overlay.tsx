"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useRef, useState } from "react";
import { Button } from "./button.tsx";
import type { OverlayProps } from "./dialog.tsx";
import { closedPopup } from "./use-popup.ts";

const shade = "fixed inset-0 z-40 animate-appear bg-shade";

/** What dialogs and sheets have in common: focus inside, Escape, a title, actions. */
export function Overlay({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  className,
  ...props
}: OverlayProps) {
  const focusedBefore = useRef<Element | null>(null);
  const hasInput = useRef(false);
  const [warned, setWarned] = useState(false);
  const keeps = () => props.stays || props.dirty || hasInput.current;
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={shade} />
        <Radix.Content
          className={className}
          {...(description ? {} : { "aria-describedby": undefined })}
          onOpenAutoFocus={(event) => {
            focusedBefore.current = document.activeElement;
            hasInput.current = false;
            focusFirst(event);
          }}
          // Escape closes what is on top, and that only.
          onEscapeKeyDown={(event) => {
            if (closedPopup()) event.preventDefault();
            else if (keeps() && !warned) {
              event.preventDefault();
              setWarned(true);
            }
          }}
          onInput={() => {
            hasInput.current = true;
            setWarned(false);
          }}
          // What was typed is not lost to a press that went astray.
          onInteractOutside={(event) => keeps() && event.preventDefault()}
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
          <div data-body="" className="min-h-0 flex-1 overflow-y-auto p-4">
            {children}
          </div>
          <p
            role="status"
            className="text-right text-label text-muted not-empty:border-t not-empty:px-4 not-empty:py-2"
          >
            {warned ? "Escape again closes this." : null}
          </p>
          {footer ? <footer className="flex flex-wrap justify-end gap-2 border-t p-4">{footer}</footer> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const [FIELDS, ANY] = [
  ["input:not([type=hidden], [type=radio], [type=checkbox])", "textarea"],
  ["input:not([type=hidden])", "button"],
].map((some) => some.map((one) => `[data-body] ${one}`).join()) as [string, string];

/** Where work begins, not at Close; with a finger at nothing, as a keyboard that slides in hides what is asked. */
function focusFirst(event: Event): void {
  const content = event.currentTarget;
  if (!(content instanceof HTMLElement)) return;
  event.preventDefault();
  const first = window.matchMedia("(pointer: coarse)").matches
    ? null
    : (content.querySelector<HTMLElement>(FIELDS) ??
      content.querySelector<HTMLElement>(ANY) ??
      content.querySelector<HTMLElement>("footer button:last-child"));
  (first ?? content).focus();
}
