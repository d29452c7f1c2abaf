"use client";

import { Table2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { Dialog } from "#components/ui/dialog.tsx";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import { axisTime } from "./time-axis.ts";
import { TimeChart, type TimeChartProps } from "./time-chart.tsx";

export type ChartPanelProps = Omit<TimeChartProps, "label"> &
  Readonly<{
    title: string;
    /** Of its title, in the page's outline. */
    level?: 2 | 3;
    /** Toggles, right of the title. */
    controls?: ReactNode;
    /** Instead of the chart: why there is nothing to draw. */
    instead?: ReactNode;
    /** Nothing has been answered yet: no gap, no line. */
    waiting?: boolean;
    className?: string;
  }>;

/** A chart under its title, and behind it the same values as a table. */
export function ChartPanel({ title, level = 3, controls, instead, waiting, className, ...chart }: ChartPanelProps) {
  const [open, setOpen] = useState(false);
  const Title = `h${level}` as const;
  const { span, lines } = chart;
  const label = `${title}, ${axisTime(span.fromMs, span, true)} to ${axisTime(span.toMs, span, true)}. Its values are behind the table button.`;
  return (
    <section className={classNames("min-w-0 rounded-card border bg-surface p-4", className)} aria-label={title}>
      <header className="flex min-h-8 flex-wrap items-center gap-x-2">
        <Title className={level === 2 ? "font-semibold text-section" : "font-medium"}>{title}</Title>
        <div className="ml-auto flex items-center gap-1 max-sm:order-last max-sm:ml-0 max-sm:basis-full max-sm:empty:hidden">
          {instead ? null : controls}
        </div>
        {instead ? null : (
          <Button
            look="quiet"
            size="icon"
            className="max-sm:ml-auto"
            aria-label={`${title} as a table`}
            onClick={() => setOpen(true)}
          >
            <Table2 aria-hidden className="text-muted" />
          </Button>
        )}
      </header>
      {instead ? (
        <div className="flex h-45 items-center justify-center px-4 text-center text-muted">{instead}</div>
      ) : waiting ? (
        <div role="status" aria-label="Loading" className="h-45" />
      ) : (
        <TimeChart {...chart} label={label} />
      )}
      <Dialog open={open} onOpenChange={setOpen} title={title} className="max-w-200">
        <Table label={title}>
          <TableHead>
            <HeadCell>Time</HeadCell>
            {lines.map(({ id, name }) => (
              <HeadCell key={id} className="text-right">
                {name}
              </HeadCell>
            ))}
          </TableHead>
          <tbody>{open ? <ValueRows {...chart} /> : null}</tbody>
        </Table>
      </Dialog>
    </section>
  );
}

const ValueRows = ({ times, lines, words, watched, span }: Omit<TimeChartProps, "label">) =>
  times.toReversed().map((atMs, back) => {
    const index = times.length - 1 - back;
    return (
      <Row key={atMs}>
        <Cell className="whitespace-nowrap">{axisTime(atMs, span, true)}</Cell>
        {lines.map(({ id, values }) => {
          const value = values[index] ?? null;
          return (
            <Cell key={id} numeric className={value === null ? "text-muted" : ""}>
              {value !== null ? words(value) : watched?.[index] ? "none" : "no data"}
            </Cell>
          );
        })}
      </Row>
    );
  });
