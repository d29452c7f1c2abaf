"use client";

import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

type MenuProps = Readonly<{
  /** One button. */
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "end";
}>;

export const Menu = ({ trigger, children, align = "end" }: MenuProps) => (
  <Radix.Root>
    <Radix.Trigger asChild>{trigger}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content
        align={align}
        sideOffset={4}
        collisionPadding={8}
        className="z-50 min-w-44 animate-appear rounded-control border bg-surface p-1 shadow-overlay"
      >
        {children}
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
);

const item =
  "flex min-h-8 cursor-pointer items-center gap-2 rounded-small px-2 text-body outline-none data-[disabled]:cursor-not-allowed data-[disabled]:opacity-60 data-[highlighted]:bg-hover max-sm:min-h-12 [&_svg]:size-4 [&_svg]:text-muted";

type MenuItemProps = Readonly<{
  children: ReactNode;
  onSelect?: () => void;
  /** For a link as the one child. */
  asChild?: boolean;
  /** Why it cannot be chosen, and who can. */
  refusal?: string | null | undefined;
  danger?: boolean;
}>;

export function MenuItem({ children, onSelect, asChild, refusal, danger }: MenuItemProps) {
  return (
    <Radix.Item
      {...(onSelect ? { onSelect } : {})}
      asChild={asChild ?? false}
      disabled={Boolean(refusal)}
      className={classNames(item, danger && "text-failing")}
    >
      {refusal ? (
        <span>
          {children}
          <span className="block text-label text-muted">{refusal}</span>
        </span>
      ) : (
        children
      )}
    </Radix.Item>
  );
}

export function MenuChoices<Value extends string>(props: {
  label: string;
  value: Value;
  onValueChange: (value: Value) => void;
  options: readonly Readonly<{ value: Value; label: ReactNode }>[];
}) {
  return (
    <Radix.RadioGroup value={props.value} onValueChange={(next) => props.onValueChange(next as Value)}>
      <MenuLabel>{props.label}</MenuLabel>
      {props.options.map((option) => (
        <Radix.RadioItem key={option.value} value={option.value} className={classNames(item, "pl-7")}>
          <Radix.ItemIndicator className="absolute left-3">●</Radix.ItemIndicator>
          {option.label}
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <Radix.Label className="px-2 py-1 text-label text-muted">{children}</Radix.Label>
);

export const MenuLine = () => <Radix.Separator className="my-1 h-px bg-line" />;
