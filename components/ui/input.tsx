import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

export const controlStyle =
  "h-control w-full min-w-0 rounded-control border border-edge bg-surface px-3 text-body text-ink aria-invalid:border-failing disabled:cursor-not-allowed disabled:opacity-60";

export const Input = ({ className, ...rest }: ComponentProps<"input">) => (
  <input {...rest} className={classNames(controlStyle, className)} />
);

export const Textarea = ({ className, ...rest }: ComponentProps<"textarea">) => (
  <textarea {...rest} className={classNames(controlStyle, "h-auto min-h-20 py-2", className)} />
);
