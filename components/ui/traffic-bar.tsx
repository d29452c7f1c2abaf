import { type Among, distinctLabels } from "#domain/shared/version-label.ts";
import { classNames } from "./class-names.ts";
import { RevisionSwatch, revisionLine } from "./revision.tsx";

export type TrafficShare = Readonly<{ revision: number; model: string; version: string; weightPercent: number }>;

type TrafficBarProps = Readonly<{
  /** Live entries, in plan order; shares of 0 % are named but draw nothing. */
  shares: readonly TrafficShare[];
  /** What else the screen tells of, so that two versions never read alike; the shares alone unless said. */
  among?: Among;
  /** Labels under the bar: `v8 90 %`. */
  labels?: boolean;
  size?: "thin" | "tall";
  className?: string;
}>;

/** How an endpoint's requests are shared. Read out as one sentence. */
export function TrafficBar({ shares, among = shares, labels = true, size = "thin", className }: TrafficBarProps) {
  const names = distinctLabels(shares, among);
  const spoken = shares.map(({ weightPercent }, index) => `${names[index]} ${percent(weightPercent)}`).join(", ");
  return (
    <div className={classNames("min-w-24", className)}>
      <div
        role="img"
        aria-label={spoken === "" ? "No traffic" : `Traffic: ${spoken}`}
        className={classNames("flex gap-px overflow-hidden rounded-full bg-line", size === "tall" ? "h-3" : "h-1.5")}
      >
        {shares.map((share) => (
          <div
            key={share.revision}
            style={{ width: `${share.weightPercent}%` }}
            className={classNames("transition-[width] duration-300", revisionLine(share.revision).background)}
          />
        ))}
      </div>
      {labels ? (
        <div aria-hidden="true" className="mt-0.5 flex flex-wrap gap-x-2 text-label text-muted">
          {shares.map((share, index) => (
            <span key={share.revision} className="inline-flex max-w-full items-center gap-1 whitespace-nowrap">
              <RevisionSwatch revision={share.revision} className="size-2" />
              <span className="truncate">{names[index]}</span> {percent(share.weightPercent)}
            </span>
          ))}
        </div>
      ) : null}
    </div>
  );
}

/** "12.5 %": at most two decimals, none when they are zero. */
export const percent = (value: number): string => `${Number(value.toFixed(2))} %`;
