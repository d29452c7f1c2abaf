import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { type Status, StatusIcon } from "./status-badge.tsx";

const EDGES = {
  Healthy: "border-l-healthy",
  Deploying: "border-l-deploying",
  Degraded: "border-l-degraded",
  Failing: "border-l-failing",
  Unknown: "border-l-unknown",
} as const satisfies Record<Status, string>;

type BannerProps = Readonly<{
  status: Status;
  /** What is so. */
  title: ReactNode;
  /** Why, and how to mend it. */
  children?: ReactNode;
  actions?: ReactNode;
  className?: string;
}>;

/** What, why, how to fix; announced when it appears. */
export const Banner = ({ status, title, children, actions, className }: BannerProps) => (
  <div
    role={status === "Failing" || status === "Degraded" ? "alert" : "status"}
    className={classNames(
      "flex flex-wrap items-start gap-3 rounded-card border border-l-4 bg-surface p-4",
      EDGES[status],
      className,
    )}
  >
    <StatusIcon status={status} className="mt-0.5" />
    <div className="min-w-0 flex-1 basis-56">
      <p className="font-medium">{title}</p>
      {children ? <div className="mt-1 text-muted">{children}</div> : null}
    </div>
    {actions ? <div className="flex items-center gap-2">{actions}</div> : null}
  </div>
);
