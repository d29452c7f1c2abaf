import type { ReactNode } from "react";
import type { GraphNode } from "#domain/shared/model-graph.ts";

type NodeCardProps = Readonly<{
  node: GraphNode;
  nodes: readonly GraphNode[];
  onChoose: (id: number) => void;
}>;

/** One operator: what it is given and by whom, what it answers and to whom. */
export function NodeCard({ node, nodes, onChoose }: NodeCardProps) {
  const takers = (name: string) =>
    nodes.filter(({ inputs }) => inputs.some((input) => input.from === node.id && input.name === name));
  const link = (to: GraphNode | undefined) =>
    to === undefined ? null : (
      <button key={to.id} type="button" onClick={() => onChoose(to.id)} className="text-accent underline">
        {to.operator} {to.id + 1}
      </button>
    );
  return (
    <section aria-label={`Operator ${node.id + 1}`} className="flex min-w-0 flex-col gap-3 rounded-card border p-4">
      <h3 className="font-medium text-section">
        {node.operator} <span className="font-normal text-muted tabular-nums">{node.id + 1}</span>
      </h3>
      <p className="break-all text-label text-muted">
        {[node.domain === "" ? "" : `of ${node.domain}`, node.name].filter((part) => part !== "").join(" · ")}
      </p>
      <Values heading="Is given">
        {node.inputs.map(({ name, from }) => (
          <Value key={name} name={name} note={from === null ? null : link(nodes[from])} />
        ))}
      </Values>
      <Values heading="Weights">
        {node.weights.map(({ name, type }) => (
          <Value key={name} name={name} note={type} />
        ))}
      </Values>
      <Values heading="Attributes">
        {node.attributes.map(({ name, value }) => (
          <Value key={name} name={name} note={value} />
        ))}
      </Values>
      <Values heading="Answers">
        {node.outputs.map(({ name, type }) => (
          <Value
            key={name}
            name={name}
            note={
              <>
                {type}
                {takers(name).map((taker) => (
                  <span key={taker.id}> → {link(taker)}</span>
                ))}
              </>
            }
          />
        ))}
      </Values>
    </section>
  );
}

const Values = ({ heading, children }: { heading: string; children: readonly ReactNode[] }) =>
  children.length === 0 ? null : (
    <div>
      <h4 className="mb-1 font-medium text-label text-muted">{heading}</h4>
      <dl className="flex flex-col gap-1">{children}</dl>
    </div>
  );

const Value = ({ name, note }: { name: string; note: ReactNode }) => (
  <div className="flex flex-wrap items-baseline gap-x-2">
    <dt className="break-all font-mono text-label">{name}</dt>
    <dd className="break-words tabular-nums">{note}</dd>
  </div>
);
