import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

const TONES = {
  neutral: "border-line text-muted",
  accent: "border-accent text-accent",
  warning: "border-degraded text-degraded",
  failing: "border-failing text-failing",
} as const;

/** A word or a count about the thing beside it. */
export const Badge = ({ tone = "neutral", children, className }: BadgeProps) => (
  <span
    className={classNames(
      "inline-flex h-5 items-center gap-1 whitespace-nowrap rounded-small border px-1.5 font-medium text-label",
      TONES[tone],
      className,
    )}
  >
    {children}
  </span>
);
type BadgeProps = Readonly<{ tone?: keyof typeof TONES; children: ReactNode; className?: string }>;
