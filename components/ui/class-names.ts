import { type ClassValue, clsx } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

// Without this, tailwind-merge takes our type scale for text colours and drops one of the two.
const merge = extendTailwindMerge({
  extend: { classGroups: { "font-size": [{ text: ["label", "body", "section", "title", "verdict"] }] } },
});

/** Joins class names; of two that set the same property the later wins. */
export const classNames = (...values: ClassValue[]): string => merge(clsx(values));
