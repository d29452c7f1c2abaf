"use client";

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

type ChipProps = Readonly<{
  children: ReactNode;
  /** Makes it a toggle. */
  pressed?: boolean;
  onPress?: () => void;
  onRemove?: () => void;
  removeLabel?: string;
  className?: string;
}>;

const look =
  "inline-flex h-6 items-center gap-1 whitespace-nowrap rounded-full border border-edge px-2 text-label max-sm:px-3";

/** An alias, a tag, a filter; pressable when `onPress` is given. */
export function Chip({ children, pressed, onPress, onRemove, removeLabel = "Remove", className }: ChipProps) {
  if (onPress)
    return (
      <button
        type="button"
        aria-pressed={pressed}
        onClick={onPress}
        className={classNames(
          look,
          "max-sm:h-11 hover:bg-hover aria-pressed:border-accent aria-pressed:text-accent",
          className,
        )}
      >
        {children}
      </button>
    );
  return (
    <span className={classNames(look, onRemove ? "max-sm:h-11" : "max-sm:h-9", className)}>
      {children}
      {onRemove ? (
        <button
          type="button"
          aria-label={removeLabel}
          onClick={onRemove}
          className="-mr-1 rounded-full p-0.5 hover:bg-hover max-sm:-mr-3 max-sm:p-4"
        >
          <X className="size-3" aria-hidden />
        </button>
      ) : null}
    </span>
  );
}
