"use client";

import { Slot } from "radix-ui";
import { type ReactNode, useId } from "react";
import { classNames } from "./class-names.ts";

type FieldProps = Readonly<{
  label: string;
  /** One control that takes id, aria-describedby and aria-invalid: Input, Textarea, SelectTrigger… */
  children: ReactNode;
  hint?: ReactNode;
  error?: string | null | undefined;
  className?: string;
}>;

/** A labelled control with a hint, and what is wrong with its value. */
export function Field({ label, children, hint, error, className }: FieldProps) {
  const id = useId();
  const described = [hint ? `${id}-hint` : null, error ? `${id}-error` : null].filter(Boolean).join(" ");
  return (
    <div className={classNames("flex flex-col gap-1", className)}>
      <label htmlFor={id} className="font-medium text-label">
        {label}
      </label>
      <Slot.Root id={id} aria-describedby={described || undefined} aria-invalid={error ? true : undefined}>
        {children}
      </Slot.Root>
      {hint ? (
        <p id={`${id}-hint`} className="text-label text-muted">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} role="alert" className="text-failing text-label">
          {error}
        </p>
      ) : null}
    </div>
  );
}
