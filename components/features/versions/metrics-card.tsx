import type { Outputs } from "#components/trpc/outputs.ts";
import { Card } from "#components/ui/card.tsx";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";

type Version = Pick<Outputs["version"]["get"], "version" | "metrics">;
const digits = (value: number): string => String(Number(value.toPrecision(5)));

/** This version's metrics, held against the champion's where there is another one. */
export function MetricsCard({ version, champion }: { version: Version; champion: Version | undefined }) {
  const names = Object.keys(version.metrics);
  if (names.length === 0) return null;
  return (
    <Card title={champion ? `Metrics against champion v${champion.version}` : "Metrics"} flush>
      <Table label="Metrics">
        <TableHead>
          <HeadCell>Metric</HeadCell>
          <HeadCell className="text-right">v{version.version}</HeadCell>
          {champion ? (
            <>
              <HeadCell className="text-right">v{champion.version}</HeadCell>
              <HeadCell className="text-right">Change</HeadCell>
            </>
          ) : null}
        </TableHead>
        <tbody>
          {names.map((name) => {
            const [value, against] = [version.metrics[name] ?? 0, champion?.metrics[name]];
            return (
              <Row key={name}>
                <Cell>{name}</Cell>
                <Cell numeric className="font-medium">
                  {digits(value)}
                </Cell>
                {champion ? (
                  <>
                    <Cell numeric>{against === undefined ? "–" : digits(against)}</Cell>
                    <Cell numeric className="text-muted">
                      {against === undefined ? "" : signed(value - against)}
                    </Cell>
                  </>
                ) : null}
              </Row>
            );
          })}
        </tbody>
      </Table>
    </Card>
  );
}

function signed(change: number): string {
  const rounded = Number(change.toPrecision(3));
  if (rounded === 0) return "±0";
  return `${rounded > 0 ? "+" : "−"}${Math.abs(rounded)}`;
}
