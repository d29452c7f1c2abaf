type SparklineProps = Readonly<{
  /** Evenly spaced; null is a gap and stays one. */
  values: readonly (number | null)[];
  /** What it shows, with its unit: "requests per second, last hour". */
  label: string;
  className?: string;
}>;

const WIDTH = 72;
const HEIGHT = 20;

/** From zero to its own highest value; a lone value is a dot. */
export function Sparkline({ values, label, className }: SparklineProps) {
  const highest = Math.max(0, ...values.filter((value) => value !== null));
  const x = (index: number) => (values.length < 2 ? 0 : (index / (values.length - 1)) * (WIDTH - 2) + 1);
  const y = (value: number) => HEIGHT - 1 - (highest === 0 ? 0 : (value / highest) * (HEIGHT - 2));
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={label}
      className={className}
    >
      {runsOf(values).map(({ from, run }) =>
        run.length === 1 ? (
          <circle key={from} cx={x(from)} cy={y(run[0] ?? 0)} r="1.25" fill="currentColor" />
        ) : (
          <polyline
            key={from}
            points={run.map((value, index) => `${x(from + index).toFixed(1)},${y(value).toFixed(1)}`).join(" ")}
            fill="none"
            stroke="currentColor"
            strokeWidth="1.25"
          />
        ),
      )}
    </svg>
  );
}

/** Neighbouring values without a gap between them. */
export function runsOf(values: readonly (number | null)[]): { from: number; run: number[] }[] {
  const runs: { from: number; run: number[] }[] = [];
  let open: { from: number; run: number[] } | null = null;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      open = null;
      continue;
    }
    if (open === null) {
      open = { from: index, run: [] };
      runs.push(open);
    }
    open.run.push(value);
  }
  return runs;
}
