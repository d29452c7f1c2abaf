import { classNames } from "./class-names.ts";

// A revision keeps its colour and its line for life, in bars, tables and charts.
const LINES = [
  { background: "bg-rev-1", colour: "var(--rev-1)", dashes: "" },
  { background: "bg-rev-2", colour: "var(--rev-2)", dashes: "6 3" },
  { background: "bg-rev-3", colour: "var(--rev-3)", dashes: "2 2" },
  { background: "bg-rev-4", colour: "var(--rev-4)", dashes: "8 3 2 3" },
  { background: "bg-rev-5", colour: "var(--rev-5)", dashes: "10 4" },
] as const;
const REST = { background: "bg-rev-6", colour: "var(--rev-6)", dashes: "1 3" } as const;

/** Class, CSS colour and stroke-dasharray ("" is solid) of revision `r<number>`. */
export const revisionLine = (number: number) => LINES[number - 1] ?? REST;

export const RevisionSwatch = ({ revision, className }: { revision: number; className?: string }) => (
  <span
    aria-hidden="true"
    className={classNames("inline-block size-2.5 shrink-0 rounded-[3px]", revisionLine(revision).background, className)}
  />
);

/** The same as a piece of the line that charts draw. */
export const RevisionStroke = ({ revision }: { revision: number }) => (
  <svg width="24" height="8" aria-hidden="true" className="shrink-0">
    <line
      x1="0"
      x2="24"
      y1="4"
      y2="4"
      stroke={revisionLine(revision).colour}
      strokeWidth="2"
      strokeDasharray={revisionLine(revision).dashes}
    />
  </svg>
);
