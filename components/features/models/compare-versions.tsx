"use client";

import { useQueries } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Sheet } from "#components/ui/dialog.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import { contractDifferences } from "#domain/shared/contract.ts";
import { type Compared, type Line, linesOf } from "./comparison.ts";
import type { Serving } from "./versions-table.tsx";

type CompareProps = Readonly<{
  model: string;
  older: string;
  newer: string;
  /** Where versions of the model are live. */
  serving: readonly Serving[];
  onClose: () => void;
}>;

/** Two versions beside each other, what differs first. Its address can be sent to somebody. */
export function CompareVersions({ model, older, newer, serving, onClose }: CompareProps) {
  const trpc = useTRPC();
  const [before, after] = useQueries({
    queries: [older, newer].map((version) => trpc.version.get.queryOptions({ model, version })),
  });
  const problem = before?.error ?? after?.error ?? null;
  return (
    <Sheet
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`v${older} and v${newer} of ${model}`}
      description="What differs comes first."
    >
      {problem === null ? null : <Banner status="Unknown" title={failureOf(problem).message} />}
      {problem === null && (before?.data === undefined || after?.data === undefined) ? <SkeletonRows rows={8} /> : null}
      {before?.data && after?.data ? <Comparison older={before.data} newer={after.data} serving={serving} /> : null}
    </Sheet>
  );
}

type ComparisonProps = Readonly<{ older: Compared; newer: Compared; serving: readonly Serving[] }>;

function Comparison({ older, newer, serving }: ComparisonProps) {
  const { signature } = older;
  const stumbles =
    signature === null || newer.signature === null ? null : contractDifferences(signature, newer.signature);
  const lines = linesOf(older, newer, serving);
  const same = lines.filter(({ isSame }) => isSame);
  return (
    <div className="flex flex-col gap-4">
      {stumbles === null ? null : stumbles.length === 0 ? (
        <Banner
          status="Healthy"
          title={`v${newer.version} takes and answers what callers of v${older.version} send.`}
        />
      ) : (
        <Banner status="Degraded" title={`Callers of v${older.version} would stumble over v${newer.version}.`}>
          <ul>
            {stumbles.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </Banner>
      )}
      <Lines label="What differs" older={older} newer={newer} lines={lines.filter(({ isSame }) => !isSame)} />
      {same.length === 0 ? null : (
        <details>
          <summary className="cursor-pointer font-medium max-sm:py-3">Alike in {same.length}</summary>
          <Lines label="What is alike" older={older} newer={newer} lines={same} />
        </details>
      )}
    </div>
  );
}

type LinesProps = Readonly<{ label: string; older: Compared; newer: Compared; lines: readonly Line[] }>;

const Lines = ({ label, older, newer, lines }: LinesProps) => (
  // On a phone both versions are to be seen at once.
  <Table label={label} className="max-sm:table-fixed max-sm:text-label">
    <TableHead>
      <HeadCell>What</HeadCell>
      <HeadCell className="max-sm:px-1">v{older.version}</HeadCell>
      <HeadCell className="max-sm:px-1">v{newer.version}</HeadCell>
      <HeadCell className="text-right max-sm:px-1">Change</HeadCell>
    </TableHead>
    <tbody>
      {lines.map(({ what, before, after, change, better }) => (
        <Row key={what} className="align-top">
          <Cell className="wrap-anywhere font-medium max-sm:px-1">{what}</Cell>
          <Cell
            className={better === "before" ? "wrap-anywhere font-semibold max-sm:px-1" : "wrap-anywhere max-sm:px-1"}
          >
            {before}
          </Cell>
          <Cell
            className={better === "after" ? "wrap-anywhere font-semibold max-sm:px-1" : "wrap-anywhere max-sm:px-1"}
          >
            {after}
          </Cell>
          <Cell numeric className="whitespace-nowrap max-sm:px-1">
            {change}
          </Cell>
        </Row>
      ))}
    </tbody>
  </Table>
);
