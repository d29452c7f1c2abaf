"use client";

import { Sheet } from "#components/ui/dialog.tsx";
import { bytesWords } from "#components/ui/quantity-words.ts";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import { deltaWords, metricNames, metricWords } from "./metric-words.ts";
import type { Version } from "./versions-table.tsx";

type CompareProps = Readonly<{ older: Version; newer: Version; open: boolean; onOpenChange: (open: boolean) => void }>;
type Line = Readonly<{ what: string; before: string; after: string; change: string }>;

/** Two versions beside each other, what differs first. */
export function CompareVersions({ older, newer, open, onOpenChange }: CompareProps) {
  const lines = [...facts(older, newer), ...metrics(older, newer)];
  const sorted = lines.toSorted((a, b) => Number(a.before === a.after) - Number(b.before === b.after));
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      title={`v${older.version} and v${newer.version} of ${newer.model}`}
      description="What differs comes first."
    >
      <Table label="Comparison">
        <TableHead>
          <HeadCell>What</HeadCell>
          <HeadCell>v{older.version}</HeadCell>
          <HeadCell>v{newer.version}</HeadCell>
          <HeadCell>Change</HeadCell>
        </TableHead>
        <tbody>
          {sorted.map((line) => (
            <Row key={line.what}>
              <Cell className="font-medium">{line.what}</Cell>
              <Cell className="break-all">{line.before}</Cell>
              <Cell className="break-all">{line.after}</Cell>
              <Cell className="whitespace-nowrap">{line.change}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Sheet>
  );
}

const NONE = "–";
const differs = (before: string, after: string) => (before === after ? "" : "differs");

function metrics(older: Version, newer: Version): Line[] {
  return metricNames([older, newer]).map((what) => {
    const [before, after] = [older.metrics[what], newer.metrics[what]];
    const change = before === undefined || after === undefined ? "" : deltaWords(after, before);
    const words = (value: number | undefined) => (value === undefined ? NONE : metricWords(value));
    return { what, before: words(before), after: words(after), change };
  });
}

function facts(older: Version, newer: Version): Line[] {
  const line = (what: string, of: (version: Version) => string): Line => {
    const [before, after] = [of(older), of(newer)];
    return { what, before, after, change: differs(before, after) };
  };
  const params = [...new Set([...Object.keys(older.params), ...Object.keys(newer.params)])];
  return [
    line("Inputs", (version) => tensors(version.signature?.inputs)),
    line("Outputs", (version) => tensors(version.signature?.outputs)),
    line("Size", (version) => bytesWords(version.sizeBytes)),
    line("File", (version) => version.artifact.slice("sha256:".length, "sha256:".length + 12)),
    line("Dataset", (version) => version.source?.dataset ?? NONE),
    line("Commit", (version) => version.source?.gitCommit ?? NONE),
    line("Author", (version) => version.createdBy),
    ...params.map((name) =>
      line(name, (version) => (name in version.params ? JSON.stringify(version.params[name]) : NONE)),
    ),
  ];
}

const tensors = (specs: readonly { name: string; datatype: string; shape: readonly number[] }[] | undefined): string =>
  specs?.map(({ name, datatype, shape }) => `${name} ${datatype} [${shape.join(", ")}]`).join("; ") ?? NONE;
