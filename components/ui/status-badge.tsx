import type { HealthState } from "#domain/endpoint/health.ts";
import { classNames } from "./class-names.ts";

export type Status = HealthState;

const COLOURS = {
  Healthy: "text-healthy",
  Deploying: "text-deploying",
  Degraded: "text-degraded",
  Failing: "text-failing",
  Unknown: "text-unknown",
} as const satisfies Record<Status, string>;

/** Worst first: the order in which rows are read. */
export const STATUS_ORDER: readonly Status[] = ["Failing", "Degraded", "Unknown", "Deploying", "Healthy"];

export const statusColour = (status: Status): string => COLOURS[status];

type StatusBadgeProps = Readonly<{
  status: Status;
  /** Instead of the status' own word, e.g. "Unknown (stale 42 s)". */
  label?: string;
  className?: string;
}>;

/** Shape, word and colour say the same, so that none of them is needed. */
export const StatusBadge = ({ status, label, className }: StatusBadgeProps) => (
  <span
    className={classNames(
      "inline-flex items-center gap-1.5 whitespace-nowrap align-middle font-medium",
      statusColour(status),
      className,
    )}
  >
    <StatusIcon status={status} />
    {label ?? status}
  </span>
);

/** Decoration beside words; alone it needs a label of its own. */
export const StatusIcon = ({ status, className }: { status: Status; className?: string }) => (
  <svg
    viewBox="0 0 16 16"
    className={classNames("size-4 shrink-0", statusColour(status), className)}
    aria-hidden="true"
  >
    <Mark status={status} />
  </svg>
);

function Mark({ status }: { status: Status }) {
  const cut = { stroke: "var(--surface)", strokeWidth: 1.75, fill: "none", strokeLinecap: "round" } as const;
  switch (status) {
    case "Healthy":
      return (
        <>
          <circle cx="8" cy="8" r="7" fill="currentColor" />
          <path d="M4.8 8.2 7 10.4l4.2-4.6" {...cut} />
        </>
      );
    case "Deploying":
      return (
        <>
          <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
          <path d="M8 3.5A4.5 4.5 0 0 1 12.5 8H8Z" fill="currentColor" />
        </>
      );
    case "Degraded":
      return <path d="M8 1.8 15 14H1Z" fill="currentColor" stroke="currentColor" strokeLinejoin="round" />;
    case "Failing":
      return (
        <>
          <path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1Z" fill="currentColor" />
          <path d="m5.5 5.5 5 5m0-5-5 5" {...cut} />
        </>
      );
    case "Unknown":
      return (
        <>
          <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="3 2" />
          <path d="M6.3 6.4a1.75 1.75 0 1 1 2.5 1.6c-.6.3-.8.6-.8 1.2M8 11.4v.1" {...cut} stroke="currentColor" />
        </>
      );
  }
}
