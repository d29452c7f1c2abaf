"use client";

import { Slot } from "radix-ui";
import {
  createContext,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  type RefObject,
  useContext,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { flushSync } from "react-dom";
import { classNames } from "./class-names.ts";

type MenuProps = Readonly<{
  /** One button. */
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "end";
}>;

const GAP_PX = 4;
const EDGE_PX = 8;

const CloseContext = createContext<() => void>(() => undefined);

/** A popover of the browser's own: above everything, closed by Escape or a press elsewhere, and the focus goes back. */
export function Menu({ trigger, children, align = "end" }: MenuProps) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLElement>(null);
  // The press that begins on the trigger of an open menu closes it; the click that ends it must not open it again.
  const closing = useRef(false);
  const [open, setOpen] = useState(false);
  const show = (focusFirst: boolean) => {
    flushSync(() => setOpen(true));
    const [menu, from] = [box.current, button.current];
    if (menu === null || from === null) return;
    menu.showPopover();
    place(menu, from.getBoundingClientRect(), align);
    ((focusFirst ? itemsOf(menu)[0] : undefined) ?? menu).focus();
  };
  useClosedByScroll(open, box);
  return (
    <>
      <Slot.Root
        ref={button}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onPointerDown={() => {
          closing.current = open;
        }}
        onClick={(event) => {
          if (!closing.current && !event.defaultPrevented) show(event.detail === 0);
          closing.current = false;
        }}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          show(true);
        }}
      >
        {trigger}
      </Slot.Root>
      <div
        ref={box}
        id={id}
        role="menu"
        tabIndex={-1}
        popover="auto"
        aria-label="Menu"
        onToggle={({ newState }) => setOpen(newState === "open")}
        onKeyDown={moveFocus}
        className="fixed m-0 max-h-[calc(100dvh-16px)] min-w-44 animate-appear overflow-y-auto rounded-control border bg-surface p-1 text-left text-ink shadow-overlay outline-none"
      >
        {open ? <CloseContext value={() => box.current?.hidePopover()}>{children}</CloseContext> : null}
      </div>
    </>
  );
}

/** What it stands at has moved away. */
function useClosedByScroll(open: boolean, box: RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    if (!open) return;
    const close = ({ target }: Event) => {
      if (!(target instanceof Node && box.current?.contains(target))) box.current?.hidePopover();
    };
    window.addEventListener("scroll", close, { capture: true, passive: true });
    window.addEventListener("resize", close);
    return () => {
      window.removeEventListener("scroll", close, { capture: true });
      window.removeEventListener("resize", close);
    };
  }, [open, box]);
}

/** Below its button, or above where there is no room; never over the window's edge. */
function place(menu: HTMLElement, from: DOMRect, align: "start" | "end"): void {
  const { width, height } = menu.getBoundingClientRect();
  const left = align === "start" ? from.left : from.right - width;
  const below = from.bottom + GAP_PX;
  const fits = below + height + EDGE_PX <= window.innerHeight;
  menu.style.inset = "auto";
  menu.style.left = `${Math.max(EDGE_PX, Math.min(left, window.innerWidth - width - EDGE_PX))}px`;
  menu.style.top = `${fits ? below : Math.max(EDGE_PX, from.top - height - GAP_PX)}px`;
}

const itemsOf = (menu: Element): HTMLElement[] => [
  ...menu.querySelectorAll<HTMLElement>('[role^="menuitem"]:not([aria-disabled="true"])'),
];

/** Arrows, Home, End and first letters; Tab leaves. */
function moveFocus(event: KeyboardEvent<HTMLDivElement>): void {
  const items = itemsOf(event.currentTarget);
  const to = nextOf(items, items.indexOf(document.activeElement as HTMLElement), event.key);
  if (event.key === "Tab") event.currentTarget.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  to.focus();
}

/** `now` is the place of the item in focus, -1: none. */
function nextOf(items: readonly HTMLElement[], now: number, key: string): HTMLElement | undefined {
  if (key === "ArrowDown") return items[(now + 1) % items.length];
  if (key === "ArrowUp") return items.at(now <= 0 ? -1 : now - 1);
  if (key === "Home") return items[0];
  if (key === "End") return items.at(-1);
  if (key.length !== 1 || key === " ") return undefined;
  const begins = (item: HTMLElement) => item.textContent?.trim().toLowerCase().startsWith(key.toLowerCase());
  return [...items.slice(now + 1), ...items.slice(0, now + 1)].find(begins);
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
