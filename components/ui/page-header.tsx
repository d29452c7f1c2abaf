import type { ReactNode } from "react";

type PageHeaderProps = Readonly<{
  title: ReactNode;
  /** Chips and badges beside the title. */
  beside?: ReactNode;
  /** One or two lines under it. */
  children?: ReactNode;
  actions?: ReactNode;
}>;

export const PageHeader = ({ title, beside, children, actions }: PageHeaderProps) => (
  <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
    <div className="min-w-0">
      <div className="flex flex-wrap items-center gap-2">
        <h1 className="min-w-0 break-words font-semibold text-title">{title}</h1>
        {beside}
      </div>
      {children ? <div className="mt-1 text-body text-muted">{children}</div> : null}
    </div>
    {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
  </header>
);
