"use client";

import { Check, ChevronDown } from "lucide-react";
import { type ReactNode, useId } from "react";
import { classNames } from "./class-names.ts";
import { controlStyle } from "./input.tsx";
import { popupLook, usePopup } from "./use-popup.ts";

export type SelectOption<Value extends string = string> = Readonly<{
  value: Value;
  label: ReactNode;
  disabled?: boolean;
}>;

type SelectProps<Value extends string> = Readonly<{
  value: Value | undefined;
  onValueChange: (value: Value) => void;
  options: readonly SelectOption<Value>[];
  placeholder?: string;
  disabled?: boolean;
  className?: string;
  /** Given by Field, or say what the choice is with aria-label. */
  id?: string;
  "aria-label"?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
}>;

export function Select<Value extends string>(props: SelectProps<Value>) {
  const { value, onValueChange, options, placeholder, disabled, className, ...trigger } = props;
  const listId = useId();
  const { open, close, buttonProps, boxProps } = usePopup<HTMLButtonElement>({
    align: "start",
    items: '[role="option"]:not(:disabled)',
    first: (items) => items.find((item) => item.ariaSelected === "true") ?? items[0],
  });
  const chosen = options.find((option) => option.value === value);
  return (
    <>
      <button
        {...trigger}
        {...buttonProps}
        type="button"
        role="combobox"
        aria-expanded={open}
        aria-haspopup="listbox"
        aria-controls={listId}
        disabled={disabled}
        className={classNames(controlStyle, "inline-flex items-center justify-between gap-2 text-left", className)}
      >
        <span className={classNames("truncate", chosen === undefined && "text-muted")}>
          {chosen?.label ?? placeholder}
        </span>
        <ChevronDown className="size-4 shrink-0 text-muted" aria-hidden />
      </button>
      <div
        {...boxProps}
        id={listId}
        role="listbox"
        aria-label={trigger["aria-label"] ?? placeholder ?? "Choices"}
        className={popupLook}
      >
        {open
          ? options.map((option) => (
              <button
                key={option.value}
                type="button"
                role="option"
                aria-selected={option.value === value}
                tabIndex={-1}
                disabled={option.disabled ?? false}
                onPointerMove={({ currentTarget }) => currentTarget.focus({ preventScroll: true })}
                onClick={() => {
                  close();
                  onValueChange(option.value);
                }}
                className="relative flex min-h-8 w-full cursor-pointer items-center gap-2 rounded-small py-1 pr-2 pl-7 text-left text-body outline-none focus:bg-hover disabled:cursor-not-allowed disabled:text-muted max-sm:min-h-12"
              >
                {option.value === value ? <Check className="absolute left-2 size-4" aria-hidden /> : null}
                {option.label}
              </button>
            ))
          : null}
      </div>
    </>
  );
}
