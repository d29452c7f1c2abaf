"use client";

import {
  type KeyboardEvent,
  type MouseEvent,
  type RefObject,
  type ToggleEvent,
  useEffect,
  useRef,
  useState,
} from "react";
import { flushSync } from "react-dom";

const GAP_PX = 4;
const EDGE_PX = 8;

type Popup = Readonly<{
  align: "start" | "end";
  /** Selector of what can be chosen in it. */
  items: string;
  /** Which item has the focus at first; undefined: the box itself. */
  first: (items: readonly HTMLElement[], byKeyboard: boolean) => HTMLElement | undefined;
}>;

/**
 * A popover of the browser's own that stays beside its button: above everything, closed by Escape or a press elsewhere,
 * and the focus goes back. Arrows, Home, End and first letters move inside; Tab leaves.
 */
export function usePopup<Button extends HTMLElement>({ align, items, first }: Popup) {
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<Button>(null);
  // The press that begins on the button of an open popup closes it; the click that ends it must not open it again.
  const closing = useRef(false);
  const [open, setOpen] = useState(false);
  const itemsOf = (element: Element) => [...element.querySelectorAll<HTMLElement>(items)];
  const show = (byKeyboard: boolean) => {
    flushSync(() => setOpen(true));
    const [popup, from] = [box.current, button.current];
    if (popup === null || from === null) return;
    popup.showPopover();
    place(popup, from.getBoundingClientRect(), align);
    (first(itemsOf(popup), byKeyboard) ?? popup).focus();
  };
  useStaysBeside(button, box, open, align);
  return {
    open,
    close: () => box.current?.hidePopover(),
    buttonProps: {
      ref: button,
      "aria-expanded": open,
      onPointerDown: () => {
        closing.current = open;
      },
      onClick: (event: MouseEvent) => {
        if (!closing.current && !event.defaultPrevented) show(event.detail === 0);
        closing.current = false;
      },
      onKeyDown: (event: KeyboardEvent) => {
        if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
        event.preventDefault();
        show(true);
      },
    },
    boxProps: {
      ref: box,
      tabIndex: -1,
      popover: "auto" as const,
      onToggle: ({ newState }: ToggleEvent<HTMLElement>) => setOpen(newState === "open"),
      onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
        const all = itemsOf(event.currentTarget);
        const to = nextOf(all, all.indexOf(document.activeElement as HTMLElement), event.key);
        if (event.key === "Tab") event.currentTarget.hidePopover();
        if (to === undefined) return;
        event.preventDefault();
        to.focus();
      },
    },
  };
}

export const popupLook =
  "fixed m-0 max-h-[calc(100dvh-16px)] animate-appear overflow-y-auto rounded-control border bg-surface p-1 text-left text-ink shadow-overlay outline-none";

/** Closes the popup that is open, if one is; a dialog behind it must then stay. */
export function closedPopup(): boolean {
  const open = document.querySelector<HTMLElement>("[popover=auto]:popover-open");
  open?.hidePopover();
  return open !== null;
}

/** Whatever scrolls, itself too, as a log does: it goes where its button goes, and closes when that is out of sight. */
function useStaysBeside(
  button: RefObject<HTMLElement | null>,
  box: RefObject<HTMLDivElement | null>,
  open: boolean,
  align: Popup["align"],
): void {
  useEffect(() => {
    if (!open) return;
    const follow = ({ target }: Event) => {
      const popup = box.current;
      if (popup === null || (target instanceof Node && popup.contains(target))) return;
      const from = button.current?.getBoundingClientRect();
      const isInSight = from !== undefined && from.width > 0 && from.bottom > 0 && from.top < window.innerHeight;
      if (isInSight) place(popup, from, align);
      else popup.hidePopover();
    };
    window.addEventListener("scroll", follow, { capture: true, passive: true });
    window.addEventListener("resize", follow);
    return () => {
      window.removeEventListener("scroll", follow, { capture: true });
      window.removeEventListener("resize", follow);
    };
  }, [open, button, box, align]);
}

/** Below its button, or above where there is no room; never over the window's edge, and never narrower than the button. */
function place(popup: HTMLElement, from: DOMRect, align: Popup["align"]): void {
  popup.style.minWidth = `${from.width}px`;
  const { width, height } = popup.getBoundingClientRect();
  const left = align === "start" ? from.left : from.right - width;
  const below = from.bottom + GAP_PX;
  const fits = below + height + EDGE_PX <= window.innerHeight;
  popup.style.inset = "auto";
  popup.style.left = `${Math.max(EDGE_PX, Math.min(left, window.innerWidth - width - EDGE_PX))}px`;
  popup.style.top = `${fits ? below : Math.max(EDGE_PX, from.top - height - GAP_PX)}px`;
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
