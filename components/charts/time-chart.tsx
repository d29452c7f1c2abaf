"use client";

import { useId } from "react";
import {
  CartesianGrid,
  Line,
  LineChart,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  usePlotArea,
  XAxis,
  YAxis,
} from "recharts";
import { EndLabels } from "./end-labels.tsx";
import { type AxisUnit, gapsOf, isLone, knownAt, logTicksFor, type Span, ticksFor, widestBetween } from "./gaps.ts";
import { axisTime, gapWords, timeTicks } from "./time-axis.ts";

export type ChartLine = Readonly<{
  id: string;
  /** "v8 · r5" */
  name: string;
  /** Beside the line's end, where there is room for little. */
  endName: string;
  /** CSS colour, and stroke-dasharray; "" is solid. */
  colour: string;
  dashes: string;
  /** Below 1 for what goes along with another line. */
  opacity?: number;
  /** One per entry of `times`; null is a gap. */
  values: readonly (number | null)[];
}>;

export type ChartMark = Readonly<{ atMs: number; label: string }>;

export type TimeChartProps = Readonly<{
  /** What is shown and over what, for those who do not see it. */
  label: string;
  /** Milliseconds since 1970, ascending. */
  times: readonly number[];
  stepMs: number;
  /** What was asked for; values may cover less of it. */
  span: Span;
  lines: readonly ChartLine[];
  marks: readonly ChartMark[];
  target?: Readonly<{ value: number; label: string }> | null;
  words: (value: number) => string;
  /** Latency only: everything else begins at zero. */
  logarithmic?: boolean;
  unit?: AxisUnit;
  /** Whether, at each of `times`, somebody would have told of a value. Where no line has one, there was none. */
  watched?: readonly boolean[];
  /** What is said where that is so all the time. */
  none?: string;
}>;

const HEIGHT = 180;
const END_LABEL_PX = 58;
/** What Prometheus has not scraped yet is no gap. */
const SLACK_MS = 45_000;
const TICK = { fill: "var(--muted)", fontSize: 12 } as const;

/** Lines over time with one cursor for all charts of a page. What nobody knows is hatched, never drawn as zero. */
export function TimeChart(props: TimeChartProps) {
  const { times, lines, span, stepMs, marks, target, words, logarithmic = false, unit, watched = [] } = props;
  const hatch = useId();
  const all = lines.flatMap(({ values }) => values.filter((value) => value !== null));
  // Lines without any value are none: the library would make no axis of them.
  const isEmpty = all.length === 0;
  const gaps = gapsOf(times, knownAt(times, lines, watched), span, stepMs, Math.max(SLACK_MS, 2 * stepMs));
  const quiet = isEmpty ? widestBetween(gaps, span) : null;
  const highest = Math.max(0, ...all);
  // A target far above everything would flatten the lines; then the edge says where it is.
  const top =
    target != null && (highest === 0 || target.value <= highest * 4) ? Math.max(highest, target.value) : highest;
  const ticks = logarithmic ? logTicksFor(Math.min(...all, top), top) : ticksFor(top, unit);
  // Without a row and a line there is no axis to hatch a gap on.
  const shown = times.length === 0 ? [span.fromMs, span.toMs] : times;
  const rows = shown.map((atMs, index) => ({
    atMs,
    nothing: 0,
    ...Object.fromEntries(lines.map(({ id, values }) => [id, values[index] ?? null])),
  }));
  return (
    <div role="img" aria-label={props.label} style={{ height: HEIGHT }}>
      <ResponsiveContainer width="100%" height={HEIGHT} initialDimension={{ width: 320, height: HEIGHT }}>
        <LineChart
          data={rows}
          syncId="page"
          syncMethod="value"
          margin={{ top: 16, right: END_LABEL_PX, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <defs>
            <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <line x1="0" y1="0" x2="0" y2="6" stroke="var(--line)" strokeWidth="3" />
            </pattern>
          </defs>
          <CartesianGrid vertical={false} stroke="var(--line)" syncWithTicks />
          <XAxis
            dataKey="atMs"
            type="number"
            scale="time"
            domain={[span.fromMs, span.toMs]}
            allowDataOverflow
            ticks={timeTicks(span)}
            tickFormatter={(atMs: number) => axisTime(atMs, span)}
            tick={TICK}
            tickLine={false}
            axisLine={{ stroke: "var(--line)" }}
            height={20}
          />
          <YAxis
            type="number"
            scale={logarithmic ? "log" : "linear"}
            domain={[ticks[0] ?? 0, ticks.at(-1) ?? 1]}
            ticks={ticks}
            // Nothing was measured and nothing is aimed at: there is no scale to tell of.
            tickFormatter={isEmpty && target == null ? () => "" : words}
            tick={TICK}
            tickLine={false}
            axisLine={false}
            width={62}
          />
          {gaps.map(({ fromMs, toMs }) => (
            <ReferenceArea
              key={fromMs}
              x1={Math.max(fromMs, span.fromMs)}
              x2={Math.min(toMs, span.toMs)}
              fill={`url(#${hatch})`}
              fillOpacity={1}
              stroke="none"
              ifOverflow="hidden"
              label={<GapLabel gap={{ fromMs, toMs }} span={span} />}
            />
          ))}
          {marks.map(({ atMs, label }, index) => (
            <ReferenceLine
              key={label}
              x={atMs}
              stroke="var(--edge)"
              strokeWidth={1}
              ifOverflow="hidden"
              {...(crowded(marks, index, span)
                ? {}
                : { label: { value: label, position: "top", fontSize: 12, fill: "var(--muted)" } })}
            />
          ))}
          {target != null && target.value <= (ticks.at(-1) ?? 0) ? (
            <ReferenceLine
              y={target.value}
              stroke="var(--muted)"
              strokeDasharray="1 3"
              label={targetLabel(target.label, target.value * 2 > (ticks.at(-1) ?? 0))}
            />
          ) : null}
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: "var(--edge)", strokeWidth: 1 }}
            content={({ active, label }) => (active ? <Reading {...props} atMs={Number(label)} /> : null)}
          />
          {lines.map((line) => (
            <Line
              key={line.id}
              dataKey={line.id}
              name={line.name}
              type="linear"
              connectNulls={false}
              isAnimationActive={false}
              stroke={line.colour}
              strokeWidth={1.5}
              strokeOpacity={line.opacity ?? 1}
              strokeDasharray={line.dashes}
              activeDot={{ r: 3, strokeWidth: 0 }}
              dot={({ key, index, cx, cy }) =>
                isLone(line.values, Number(index)) && cx !== undefined && cy !== undefined ? (
                  <circle key={key} cx={cx} cy={cy} r={2} fill={line.colour} />
                ) : (
                  <g key={key} />
                )
              }
            />
          ))}
          {isEmpty ? (
            <Line dataKey="nothing" stroke="none" dot={false} activeDot={false} isAnimationActive={false} />
          ) : null}
          {quiet === null ? null : <Nothing words={props.none ?? "none in this time"} where={quiet} span={span} />}
          <EndLabels times={times} lines={lines} />
        </LineChart>
      </ResponsiveContainer>
    </div>
  );
}

/** The values under the cursor, of every line, in the order of the legend. */
function Reading({ times, lines, words, watched, atMs, span }: TimeChartProps & { atMs: number }) {
  const index = times.indexOf(atMs);
  if (index < 0) return null;
  return (
    <div className="rounded-control border bg-surface px-2 py-1 text-label shadow-overlay">
      <p className="text-muted">{axisTime(atMs, span, true)}</p>
      {lines.map(({ id, name, colour, values }) => {
        const value = values[index] ?? null;
        return (
          <p key={id} className="flex items-center gap-2 whitespace-nowrap">
            <span className="inline-block h-0.5 w-3" style={{ background: colour }} />
            {name}
            <span className="ml-auto pl-3 font-medium tabular-nums">
              {value !== null ? words(value) : watched?.[index] ? "none" : "no data"}
            </span>
          </p>
        );
      })}
    </div>
  );
}

type NothingProps = Readonly<{ words: string; where: Span; span: Span }>;

/** What was looked for and not found, as for requests that nobody made; a gap is hatched instead. */
function Nothing({ words, where, span }: NothingProps) {
  const area = usePlotArea();
  if (area === undefined) return null;
  const x = (atMs: number) => area.x + (area.width * (atMs - span.fromMs)) / (span.toMs - span.fromMs);
  if (x(where.toMs) - x(where.fromMs) < words.length * LETTER_PX) return null;
  return (
    <text
      x={(x(where.fromMs) + x(where.toMs)) / 2}
      y={area.y + area.height / 2}
      textAnchor="middle"
      fontSize={12}
      fill="var(--muted)"
    >
      {words}
    </text>
  );
}

/** About as wide as one is at 12 px. */
const LETTER_PX = 6.2;

/** Named where the name has room; the table says it in any case. */
function GapLabel({ gap, span, viewBox }: { gap: Span; span: Span; viewBox?: CartesianViewBox }) {
  const { x = 0, y = 0, width = 0, height = 0 } = viewBox ?? {};
  const words = gapWords(gap, span);
  if (width < words.length * LETTER_PX) return null;
  return (
    <text x={x + width / 2} y={y + height / 2} textAnchor="middle" fontSize={12} fill="var(--muted)">
      {words}
    </text>
  );
}
/** Given by the band that it stands in. */
type CartesianViewBox = Readonly<{ x?: number; y?: number; width?: number; height?: number }>;

const targetLabel = (value: string, high: boolean) =>
  ({ value, position: high ? "insideTopLeft" : "insideBottomLeft", fontSize: 12, fill: "var(--muted)" }) as const;

const MARK_SHARE_MIN = 0.07;

/** Of marks that stand close, the newest is named. */
function crowded(marks: readonly ChartMark[], index: number, span: Span): boolean {
  const [mark, next] = [marks[index], marks[index + 1]];
  if (mark === undefined || next === undefined) return false;
  return (next.atMs - mark.atMs) / (span.toMs - span.fromMs) < MARK_SHARE_MIN;
}
