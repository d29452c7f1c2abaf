import { classNames } from "#components/ui/class-names.ts";

export type VersionPoint = Readonly<{ version: string; value: number; words: string; isChampion: boolean }>;

type VersionChartProps = Readonly<{
  name: string;
  /** Which way is better, as people say it. */
  better: string;
  /** Oldest first. */
  points: readonly VersionPoint[];
}>;

const WIDTH = 320;
const HEIGHT = 120;
const SIDE = 24;
const TOP = 20;
const BOTTOM = 22;
/** More labels than this would touch one another. */
const LABELS_MAX = 8;

/** One value per version, evenly spaced: how a metric went from release to release. Not from zero: releases differ by little. */
export function VersionChart({ name, better, points }: VersionChartProps) {
  const values = points.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (index: number) =>
    points.length < 2 ? WIDTH / 2 : SIDE + (index / (points.length - 1)) * (WIDTH - 2 * SIDE);
  const y = (value: number) =>
    high === low ? HEIGHT / 2 : HEIGHT - BOTTOM - ((value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM - 8);
  const every = Math.ceil(points.length / LABELS_MAX);
  const told = points.map(({ version, words }) => `v${version} ${words}`).join(", ");
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 flex items-baseline justify-between gap-2">
        <span className="truncate font-medium">{name}</span>
        <span className="whitespace-nowrap text-label text-muted">{better}</span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="w-full text-accent" role="img" aria-label={`${name}: ${told}`}>
        <line x1="0" x2={WIDTH} y1={HEIGHT - BOTTOM + 6} y2={HEIGHT - BOTTOM + 6} className="stroke-line" />
        <polyline
          points={points.map(({ value }, index) => `${x(index)},${y(value)}`).join(" ")}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
        />
        {points.map(({ version, value, words, isChampion }, index) => (
          <g key={version}>
            <circle
              cx={x(index)}
              cy={y(value)}
              r={isChampion ? 5 : 3}
              className={classNames(isChampion && "fill-surface stroke-accent")}
              strokeWidth={isChampion ? 2 : 0}
              fill="currentColor"
            />
            {(points.length - 1 - index) % every === 0 ? (
              <>
                <text x={x(index)} y={y(value) - 9} textAnchor="middle" className="fill-ink text-label tabular-nums">
                  {words}
                </text>
                <text x={x(index)} y={HEIGHT - 2} textAnchor="middle" className="fill-muted text-label">
                  v{version}
                </text>
              </>
            ) : null}
          </g>
        ))}
      </svg>
    </figure>
  );
}
