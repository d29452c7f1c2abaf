import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { RevisionSwatch } from "#components/ui/revision.tsx";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import { percent } from "#components/ui/traffic-bar.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { revisionLabel } from "#domain/shared/version-label.ts";
import type { Serving } from "./use-it.tsx";

export const WhereLive = ({ serving }: { serving: readonly Serving[] }) =>
  serving.length === 0 ? (
    <EmptyState sentence="No endpoint serves this version." />
  ) : (
    <Table label="Where it is live">
      <TableHead>
        <HeadCell>Endpoint</HeadCell>
        <HeadCell>Environment</HeadCell>
        <HeadCell>Revision</HeadCell>
        <HeadCell>Role</HeadCell>
        <HeadCell className="text-right">Traffic</HeadCell>
      </TableHead>
      <tbody>
        {serving.map((entry) => (
          <Row key={`${entry.environment}/${entry.endpoint}/${entry.revision}`}>
            <Cell>
              <Link
                href={screenPaths.endpoint(entry.environment, entry.endpoint)}
                className="font-medium hover:underline"
              >
                {entry.endpoint}
              </Link>
            </Cell>
            <Cell>{entry.environment}</Cell>
            <Cell>
              <span className="inline-flex items-center gap-2 whitespace-nowrap">
                <RevisionSwatch revision={entry.revision} />
                {revisionLabel(entry, serving)}
              </span>
            </Cell>
            <Cell>{entry.role}</Cell>
            <Cell numeric>{percent(entry.weightPercent)}</Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
