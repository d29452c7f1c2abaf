"use client";

import { Slot } from "radix-ui";
import { createContext, type PointerEvent, type ReactNode, useContext, useId } from "react";
import { classNames } from "./class-names.ts";
import { popupLook, usePopup } from "./use-popup.ts";

type MenuProps = Readonly<{
  /** One button. */
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "end";
}>;

const CloseContext = createContext<() => void>(() => undefined);

export function Menu({ trigger, children, align = "end" }: MenuProps) {
  const id = useId();
  const { open, close, buttonProps, boxProps } = usePopup<HTMLElement>({
    align,
    items: '[role^="menuitem"]:not([aria-disabled="true"])',
    // Pressed with a pointer, nothing is highlighted until it moves.
    first: (items, byKeyboard) => (byKeyboard ? items[0] : undefined),
  });
  return (
    <>
      <Slot.Root {...buttonProps} aria-haspopup="menu" aria-controls={open ? id : undefined}>
        {trigger}
      </Slot.Root>
      <div {...boxProps} id={id} role="menu" aria-label="Menu" className={classNames(popupLook, "min-w-44")}>
        {open ? <CloseContext value={close}>{children}</CloseContext> : null}
      </div>
    </>
  );
}

const itemLook =
  "relative flex min-h-8 w-full cursor-pointer items-center gap-2 rounded-small px-2 text-left text-body outline-none aria-disabled:cursor-not-allowed focus:bg-hover max-sm:min-h-12 [&_svg]:size-4 [&_svg]:text-muted";

const focusHovered = ({ currentTarget }: PointerEvent<HTMLElement>) => currentTarget.focus({ preventScroll: true });

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
  const close = useContext(CloseContext);
  const Element = asChild ? Slot.Root : "button";
  return (
    <Element
      {...(asChild ? {} : { type: "button" as const })}
      role="menuitem"
      tabIndex={-1}
      aria-disabled={refusal ? true : undefined}
      onPointerMove={refusal ? undefined : focusHovered}
      onClick={() => {
        if (refusal) return;
        // First, so that the focus is back at the trigger when a dialog takes it from there.
        close();
        onSelect?.();
      }}
      className={classNames(itemLook, danger && "text-failing")}
    >
      {refusal ? (
        <span>
          <span className="opacity-60">{children}</span>
          <span className="block max-w-60 text-label text-muted">{refusal}</span>
        </span>
      ) : (
        children
      )}
    </Element>
  );
}

export function MenuChoices<Value extends string>(props: {
  label: string;
  value: Value;
  onValueChange: (value: Value) => void;
  options: readonly Readonly<{ value: Value; label: ReactNode }>[];
}) {
  const close = useContext(CloseContext);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a menu
    <div role="group" aria-label={props.label}>
      <MenuLabel>{props.label}</MenuLabel>
      {props.options.map((option) => (
        <button
          key={option.value}
          type="button"
          role="menuitemradio"
          aria-checked={option.value === props.value}
          tabIndex={-1}
          onPointerMove={focusHovered}
          onClick={() => {
            close();
            props.onValueChange(option.value);
          }}
          className={classNames(itemLook, "pl-7")}
        >
          {option.value === props.value ? (
            <span aria-hidden="true" className="absolute left-3">
              ●
            </span>
          ) : null}
          {option.label}
        </button>
      ))}
    </div>
  );
}

export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <div role="presentation" className="px-2 py-1 text-label text-muted">
    {children}
  </div>
);

export const MenuLine = () => <hr className="my-1 h-px border-0 bg-line" />;
