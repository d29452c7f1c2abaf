import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

type CardProps = Readonly<{
  title?: ReactNode;
  /** At the right of the title. */
  actions?: ReactNode;
  children: ReactNode;
  /** For tables and lists that reach the edges. */
  flush?: boolean;
  className?: string;
}>;

export const Card = ({ title, actions, children, flush, className }: CardProps) => (
  <section className={classNames("min-w-0 rounded-card border bg-surface", className)}>
    {title || actions ? (
      <header className={classNames("flex min-h-10 items-center justify-between gap-2 px-4 pt-3", flush && "pb-1")}>
        <h2 className="flex min-w-0 flex-wrap items-center gap-x-2 font-semibold text-section">{title}</h2>
        {actions ? <div className="flex items-center gap-2">{actions}</div> : null}
      </header>
    ) : null}
    <div className={flush ? "" : "p-4"}>{children}</div>
  </section>
);
