"use client";

import { Check } from "lucide-react";

type ChoiceProps = Readonly<{
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  disabled?: boolean;
  id?: string;
  "aria-label"?: string;
  "aria-labelledby"?: string;
}>;

/** The browser's own, which forms, keyboards and readers know, drawn as the rest is. */
export const Checkbox = ({ onCheckedChange, ...rest }: ChoiceProps) => (
  // Around the box is room for a finger.
  <label className="relative inline-flex size-4 shrink-0 max-sm:-m-2.5 max-sm:size-11 max-sm:p-2.5">
    <input
      {...rest}
      type="checkbox"
      onChange={({ target }) => onCheckedChange(target.checked)}
      className="peer m-0 size-full cursor-pointer appearance-none rounded-small border border-edge bg-surface checked:border-accent checked:bg-accent disabled:cursor-default disabled:opacity-60"
    />
    <Check
      className="pointer-events-none absolute inset-0 m-auto hidden size-3.5 text-on-accent peer-checked:block"
      strokeWidth={3}
      aria-hidden
    />
  </label>
);
