"use client";

import { Slot } from "radix-ui";
import { type ReactNode, useEffect, useId, useRef } from "react";

const DELAY_MS = 300;
const GAP_PX = 6;
const EDGE_PX = 8;

/**
 * `children` is one focusable element; the text is its description, read out with it even while it is not in sight.
 * The browser's own top layer shows it above sheets and dialogs.
 */
export function Tooltip({ text, children }: { text: ReactNode; children: ReactNode }) {
  const id = useId();
  const tip = useRef<HTMLSpanElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const show = (target: Element) => {
    const element = tip.current;
    if (element === null || !element.isConnected) return;
    element.showPopover();
    place(element, target.getBoundingClientRect());
  };
  const hide = () => {
    clearTimeout(timer.current);
    tip.current?.hidePopover();
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <>
      <Slot.Root
        aria-describedby={id}
        onPointerEnter={({ currentTarget, pointerType }) => {
          if (pointerType !== "touch") timer.current = setTimeout(() => show(currentTarget), DELAY_MS);
        }}
        onPointerLeave={hide}
        onFocus={({ currentTarget }) => {
          if (currentTarget.matches(":focus-visible")) show(currentTarget);
        }}
        // A finger has no hover: what it pressed in vain says why.
        onClick={({ currentTarget }) => show(currentTarget)}
        onBlur={hide}
        onKeyDown={({ key }) => {
          if (key === "Escape") hide();
        }}
      >
        {children}
      </Slot.Root>
      <span
        ref={tip}
        id={id}
        role="tooltip"
        popover="manual"
        className="pointer-events-none fixed m-0 max-w-72 whitespace-normal rounded-control border-0 bg-ink px-2 py-1 text-left font-normal text-label text-page shadow-overlay"
      >
        {text}
      </span>
    </>
  );
}

/** Above its element, or below where there is no room; never over the window's edge. */
function place(tip: HTMLElement, target: DOMRect): void {
  const { width, height } = tip.getBoundingClientRect();
  const left = Math.min(target.left + target.width / 2 - width / 2, window.innerWidth - width - EDGE_PX);
  const above = target.top - height - GAP_PX;
  tip.style.inset = "auto";
  tip.style.left = `${Math.max(EDGE_PX, left)}px`;
  tip.style.top = `${above < EDGE_PX ? target.bottom + GAP_PX : above}px`;
}
