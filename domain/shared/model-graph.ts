import { z } from "zod";

/** Larger graphs are kept in part: `omitted` says how much is missing. */
export const GRAPH_NODES_MAX = 1_000;
export const NAME_LENGTH_MAX = 200;

/** A tensor between operators. `type` as in "FP32 1 × 10", where the file says it. */
const valueSchema = z.object({ name: z.string(), type: z.string().nullable() });

const nodeSchema = z.object({
  /** Place in the file's order, from 0. */
  id: z.number().int().min(0),
  operator: z.string(),
  /** Of the operator; "" is ONNX's own. */
  domain: z.string(),
  /** As the exporter named it, if it did. */
  name: z.string(),
  /** What comes from another operator, by its id, or from the caller (null), as what comes from one left out does. */
  inputs: z.array(z.object({ name: z.string(), from: z.number().int().min(0).nullable() })),
  outputs: z.array(valueSchema),
  /** Constants that it is given: its trained weights, mostly. */
  weights: z.array(valueSchema),
  attributes: z.array(z.object({ name: z.string(), value: z.string() })),
});

/** What an ONNX file computes, without its weights' values; bounded, whatever the file holds. */
export const modelGraphSchema = z.object({
  producer: z.string(),
  opset: z.record(z.string(), z.number().int()),
  inputs: z.array(valueSchema),
  outputs: z.array(valueSchema),
  nodes: z.array(nodeSchema).max(GRAPH_NODES_MAX),
  /** Operators of the outermost graph that `nodes` leaves out. */
  omitted: z.number().int().min(0),
  /** How often each operator but Constant stands in the file, inner graphs and functions too; most frequent first. */
  operators: z.array(z.object({ operator: z.string(), count: z.number().int().min(1) })),
  /** Elements of all constants of the outermost graph together. */
  parameters: z.number().min(0),
});
export type ModelGraph = z.infer<typeof modelGraphSchema>;
export type GraphNode = ModelGraph["nodes"][number];

/** From where to where values flow, by node id; `value` is the name of what flows. Hostile files may hold cycles. */
export type GraphEdge = Readonly<{ from: number; to: number; value: string }>;

/** One edge between two nodes, however many values go along it. */
export function edgesOf(nodes: readonly GraphNode[]): GraphEdge[] {
  return nodes.flatMap(({ id: to, inputs }) => {
    const values = new Map(inputs.toReversed().map(({ name, from }) => [from, name]));
    return [...values].flatMap(([from, value]) => (from === null ? [] : [{ from, to, value }]));
  });
}
