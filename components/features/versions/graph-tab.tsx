"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsInteger, parseAsStringLiteral, useQueryState } from "nuqs";
import { useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Chip } from "#components/ui/chip.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Input } from "#components/ui/input.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import type { GraphNode, ModelGraph } from "#domain/shared/model-graph.ts";
import type { Version } from "./facts.tsx";
import { GraphDrawing } from "./graph-drawing.tsx";
import { NodeCard } from "./graph-node.tsx";

/** What a version's file computes, operator by operator: drawn, or as a list. */
export function GraphTab({ version: { model, version } }: { version: Version }) {
  const trpc = useTRPC();
  const found = useQuery(trpc.version.graph.queryOptions({ model, version }, { staleTime: Number.POSITIVE_INFINITY }));
  if (found.isError) return <Banner status="Unknown" title={failureOf(found.error).message} />;
  if (found.isPending) return <SkeletonRows rows={6} />;
  const { graph, why } = found.data;
  return graph === null ? <EmptyState sentence={why ?? "There is no graph."} /> : <ModelGraphView graph={graph} />;
}

const VIEWS = ["drawing", "list"] as const;

function ModelGraphView({ graph }: { graph: ModelGraph }) {
  const [view, setView] = useQueryState("view", parseAsStringLiteral(VIEWS).withDefault("drawing"));
  const [chosen, setChosen] = useQueryState("node", parseAsInteger);
  const [search, setSearch] = useState("");
  const node = graph.nodes.find(({ id }) => id === chosen);
  const sought = search.trim().toLowerCase();
  const found = sought === "" ? graph.nodes : graph.nodes.filter((one) => holds(one, sought));
  return (
    <div className="flex flex-col gap-4">
      <p className="text-muted">{summaryOf(graph)}</p>
      <ul aria-label="Operators" className="flex flex-wrap gap-1">
        {graph.operators.slice(0, OPERATORS_SHOWN).map(({ operator, count }) => (
          <li key={operator}>
            <Chip
              pressed={sought === operator.toLowerCase()}
              onPress={() => setSearch(sought === operator.toLowerCase() ? "" : operator)}
            >
              {operator} <span className="text-muted tabular-nums">{count}</span>
            </Chip>
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap items-center gap-2">
        <Input
          type="search"
          aria-label="Operator, or the name of a value"
          placeholder="Operator, or the name of a value"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="max-w-80 sm:flex-1"
        />
        {VIEWS.map((one) => (
          <Chip key={one} pressed={view === one} onPress={() => void setView(one)}>
            {one === "drawing" ? "Drawing" : "List"}
          </Chip>
        ))}
        <span role="status" className="text-label text-muted">
          {sought === "" ? "" : `${found.length} of ${graph.nodes.length}`}
        </span>
      </div>
      <div className="grid items-start gap-4 lg:grid-cols-[1fr_320px]">
        {view === "drawing" ? (
          <GraphDrawing graph={graph} found={found} chosen={node?.id ?? null} onChoose={(id) => void setChosen(id)} />
        ) : (
          <NodeList key={sought} nodes={found} chosen={node?.id ?? null} onChoose={(id) => void setChosen(id)} />
        )}
        {node === undefined ? (
          <p className="text-muted max-lg:hidden">Choose an operator to see what it is given and what it answers.</p>
        ) : (
          <NodeCard node={node} nodes={graph.nodes} onChoose={(id) => void setChosen(id)} />
        )}
      </div>
    </div>
  );
}

const OPERATORS_SHOWN = 24;

function summaryOf({ nodes, omitted, parameters, opset, producer }: ModelGraph): string {
  const sets = Object.entries(opset).map(([domain, version]) => `${domain} ${version}`);
  const all = nodes.length + omitted;
  return [
    `${all.toLocaleString("en")} ${all === 1 ? "operator" : "operators"}`,
    // Classic models keep what they learned in attributes.
    parameters === 0 ? "" : `${parameters.toLocaleString("en")} ${parameters === 1 ? "parameter" : "parameters"}`,
    `operator set ${sets.join(", ")}`,
    producer === "" ? "" : `made by ${producer}`,
  ]
    .filter((part) => part !== "")
    .join(" · ");
}

const holds = ({ operator, domain, name, inputs, outputs, weights }: GraphNode, sought: string) =>
  [`${domain}.${operator}`, operator, name, ...[...inputs, ...outputs, ...weights].map((value) => value.name)].some(
    (text) => text.toLowerCase().includes(sought),
  );

const ROWS_AT_ONCE = 100;

type NodeListProps = Readonly<{
  nodes: readonly GraphNode[];
  chosen: number | null;
  onChoose: (id: number) => void;
}>;

function NodeList({ nodes, chosen, onChoose }: NodeListProps) {
  const [rows, setRows] = useState(ROWS_AT_ONCE);
  if (nodes.length === 0) return <EmptyState sentence="No operator here is or holds what you typed." />;
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <Table label="Operators in the order of the file">
        <TableHead>
          <HeadCell className="text-right">#</HeadCell>
          <HeadCell>Operator</HeadCell>
          <HeadCell>Answers</HeadCell>
          <HeadCell>Weights</HeadCell>
        </TableHead>
        <tbody>
          {nodes.slice(0, rows).map((node) => (
            <Row key={node.id} aria-current={node.id === chosen || undefined} className="aria-[current]:bg-hover">
              <Cell numeric className="text-muted">
                {node.id + 1}
              </Cell>
              <Cell>
                <button
                  type="button"
                  onClick={() => onChoose(node.id)}
                  className="font-medium hover:underline max-sm:min-h-11"
                >
                  {node.operator}
                </button>
              </Cell>
              <Cell className="whitespace-nowrap">{node.outputs.map(({ name, type }) => type ?? name).join(", ")}</Cell>
              <Cell className="whitespace-nowrap">{node.weights.map(({ type, name }) => type ?? name).join(", ")}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
      {rows < nodes.length ? (
        <Button onClick={() => setRows(rows + ROWS_AT_ONCE)} className="self-start">
          Show more
        </Button>
      ) : null}
    </div>
  );
}
