"use client";

import { Check, ChevronDown } from "lucide-react";
import { Select as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { controlStyle } from "./input.tsx";

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

/** A value is never the empty string: Radix keeps that for "nothing chosen". */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { value, onValueChange, options, placeholder, disabled, className, ...trigger } = props;
  return (
    <Radix.Root
      value={value ?? ""}
      onValueChange={(next) => onValueChange(next as Value)}
      {...(disabled === undefined ? {} : { disabled })}
    >
      <Radix.Trigger
        {...trigger}
        className={classNames(controlStyle, "inline-flex items-center justify-between gap-2 text-left", className)}
      >
        <span className="truncate">
          <Radix.Value placeholder={placeholder} />
        </span>
        <Radix.Icon>
          <ChevronDown className="size-4 text-muted" aria-hidden />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) animate-appear overflow-hidden rounded-control border bg-surface shadow-overlay"
        >
          <Radix.Viewport className="p-1">
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled ?? false}
                className="flex min-h-8 cursor-pointer items-center gap-2 rounded-small py-1 pr-2 pl-7 text-body outline-none data-[disabled]:cursor-not-allowed data-[highlighted]:bg-hover data-[disabled]:opacity-60 max-sm:min-h-12"
              >
                <Radix.ItemIndicator className="absolute left-3">
                  <Check className="size-4" aria-hidden />
                </Radix.ItemIndicator>
                <Radix.ItemText>{option.label}</Radix.ItemText>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
