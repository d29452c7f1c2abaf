"use client";

import dynamic from "next/dynamic";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { SessionEnded } from "./session-ended.tsx";

export type OverlayProps = Readonly<{
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  children: ReactNode;
  /** Actions, at the end of a line of their own; the filled one last. */
  footer?: ReactNode;
  /** What is in it cannot be had again: a press beside it does not close it, nor one of Escape. */
  stays?: boolean;
  /** Something was entered in it, also by buttons: a press beside it does not close it, and Escape asks first. */
  dirty?: boolean;
  className?: string;
}>;

/** What holds the focus and the page behind is fetched with the first overlay, or before by whom no click may wait for. */
export const loadOverlay = () => import("./overlay.tsx").then((file) => file.Overlay);
const Overlay = dynamic(loadOverlay, { ssr: false });

const Opened = ({ children, ...props }: OverlayProps) => (
  <Overlay {...props}>
    <SessionEnded className="sticky top-0 z-10 mb-4" />
    {children}
  </Overlay>
);

/** For a question that must be answered before anything else. */
export function Dialog({ className, ...props }: OverlayProps) {
  const panel =
    "fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-32px)] w-[calc(100vw-32px)] max-w-120 -translate-x-1/2 -translate-y-1/2 animate-appear flex-col rounded-card border bg-surface shadow-overlay outline-none";
  return props.open ? <Opened {...props} className={classNames(panel, className)} /> : null;
}

/** A panel at the right, for work on what is behind it; the whole screen on a phone. */
export function Sheet({ className, ...props }: OverlayProps) {
  const panel =
    "fixed inset-y-0 right-0 z-50 flex w-full max-w-140 animate-slide-in flex-col border-l bg-surface shadow-overlay outline-none";
  return props.open ? <Opened {...props} className={classNames(panel, className)} /> : null;
}
