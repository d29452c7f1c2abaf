import { usePlotArea, useYAxisScale } from "recharts";
import { spread } from "./gaps.ts";
import type { ChartLine } from "./time-chart.tsx";

const SPACING_PX = 13;
/** Further back than this a line has ended, and its name would stand beside nothing. */
const BACK_MAX = 12;

/** A line's name where it ends, at the right of the plot. */
export function EndLabels({ times, lines }: { times: readonly number[]; lines: readonly ChartLine[] }) {
  const area = usePlotArea();
  const scale = useYAxisScale();
  if (area === undefined || scale === undefined) return null;
  const ends = lines.flatMap((line) => {
    const index = line.values.findLastIndex((value) => value !== null);
    const value = line.values[index];
    const y = value == null || times.length - index > BACK_MAX ? undefined : scale(value);
    return y === undefined || !Number.isFinite(y) ? [] : [{ line, y: Number(y) }];
  });
  const ys = spread(
    ends.map(({ y }) => y),
    SPACING_PX,
    area.y,
    area.y + area.height,
  );
  return (
    <g>
      {ends.map(({ line }, index) => (
        <text
          key={line.id}
          x={area.x + area.width + 6}
          y={ys[index]}
          dominantBaseline="middle"
          fontSize={12}
          fill={line.colour}
          opacity={line.opacity === undefined ? 1 : 0.8}
        >
          {line.endName}
        </text>
      ))}
    </g>
  );
}
