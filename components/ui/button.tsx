"use client";

import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";
import { Tooltip } from "./tooltip.tsx";

export const buttonStyle = cva(
  "relative print:hidden inline-flex h-control shrink-0 items-center justify-center gap-2 whitespace-nowrap rounded-control border px-3 font-medium text-body select-none aria-disabled:cursor-not-allowed aria-busy:animate-veil aria-busy:cursor-progress [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      look: {
        filled:
          "border-transparent bg-accent text-on-accent enabled:not-aria-disabled:hover:bg-accent-strong aria-disabled:not-aria-busy:border-line aria-disabled:not-aria-busy:bg-hover aria-disabled:not-aria-busy:text-muted",
        outline:
          "border-edge bg-surface text-ink enabled:not-aria-disabled:hover:bg-hover aria-disabled:not-aria-busy:border-line aria-disabled:not-aria-busy:text-muted",
        quiet:
          "border-transparent bg-transparent text-ink enabled:not-aria-disabled:hover:bg-hover aria-disabled:not-aria-busy:text-muted",
        danger:
          "border-failing bg-surface text-failing enabled:not-aria-disabled:hover:bg-hover aria-disabled:not-aria-busy:border-line aria-disabled:not-aria-busy:text-muted",
      },
      size: {
        normal: "",
        small: "h-7 px-2 max-sm:h-11",
        tall: "h-12 px-5 text-section",
        icon: "w-(--spacing-control) px-0",
      },
    },
    defaultVariants: { look: "outline", size: "normal" },
  },
);

/** The words under it are made invisible by their colour. */
const SPINNERS = { filled: "text-on-accent", outline: "text-ink", quiet: "text-ink", danger: "text-failing" } as const;

type ButtonProps = ComponentProps<"button"> &
  VariantProps<typeof buttonStyle> &
  Readonly<{
    asChild?: boolean;
    /** Its request is under way: it cannot be pressed again, and after 200 ms a spinner stands in place of its words. */
    busy?: boolean;
    /** Why it cannot be pressed now, and who can: shown on hover and focus, and the button does nothing. */
    refusal?: string | null | undefined;
  }>;

/** One filled button per view. A refused button stays focusable, so that its reason can be read by keyboard. */
export function Button({ look, size, asChild, busy, refusal, className, onClick, children, ...rest }: ButtonProps) {
  const Element = asChild ? Slot.Root : "button";
  const inactive = busy === true || (refusal !== undefined && refusal !== null);
  const button = (
    <Element
      type={asChild ? undefined : "button"}
      {...rest}
      className={classNames(buttonStyle({ look, size }), className)}
      aria-disabled={inactive || rest.disabled || undefined}
      aria-busy={busy || undefined}
      onClick={inactive ? (event) => event.preventDefault() : onClick}
    >
      {busy && !asChild ? (
        <>
          {children}
          <LoaderCircle aria-hidden className={classNames("absolute animate-wait", SPINNERS[look ?? "outline"])} />
        </>
      ) : (
        children
      )}
    </Element>
  );
  return refusal ? <Tooltip text={refusal}>{button}</Tooltip> : button;
}
