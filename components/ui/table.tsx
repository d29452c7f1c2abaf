import type { ComponentProps, ReactNode } from "react";
import { classNames } from "./class-names.ts";

/** Scrolls sideways inside itself, never the page. `label` says what the rows are. */
export const Table = ({ label, className, children }: { label: string; className?: string; children: ReactNode }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
  <section aria-label={label} tabIndex={0} className="relative w-full overflow-x-auto">
    <table className={classNames("w-full border-collapse text-body", className)}>{children}</table>
  </section>
);

export const TableHead = ({ children }: { children: ReactNode }) => (
  <thead className="text-left text-label text-muted">
    <tr className="border-b">{children}</tr>
  </thead>
);

export const HeadCell = ({ className, ...rest }: ComponentProps<"th">) => (
  <th
    scope="col"
    {...rest}
    className={classNames("h-8 whitespace-nowrap px-3 font-medium first:pl-4 last:pr-4", className)}
  />
);

export const Row = ({ className, ...rest }: ComponentProps<"tr">) => (
  <tr {...rest} className={classNames("border-b last:border-b-0 hover:bg-hover", className)} />
);

/** `numeric` sets figures at the right, under each other. */
export const Cell = ({ numeric, className, ...rest }: ComponentProps<"td"> & { numeric?: boolean }) => (
  <td
    {...rest}
    className={classNames("h-row px-3 py-1 first:pl-4 last:pr-4", numeric && "text-right tabular-nums", className)}
  />
);
