import { GRAPH_NODES_MAX, type GraphNode, type ModelGraph, NAME_LENGTH_MAX } from "#domain/shared/model-graph.ts";
import type { Datatype } from "#domain/shared/signature.ts";
import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from "./generated/onnx_pb.ts";

/** TensorProto.DataType of the ONNX specification. */
const DATATYPE_OF: Readonly<Record<number, Datatype>> = {
  1: "FP32",
  2: "UINT8",
  3: "INT8",
  4: "UINT16",
  5: "INT16",
  6: "INT32",
  7: "INT64",
  8: "BYTES",
  9: "BOOL",
  10: "FP16",
  11: "FP64",
  12: "UINT32",
  13: "UINT64",
  16: "BF16",
};
const VALUES_MAX = 40;
const ATTRIBUTES_MAX = 20;
const NUMBERS_MAX = 12;
const OPERATORS_MAX = 200;
const OPSETS_MAX = 50;
const COUNT_MAX = Number.MAX_SAFE_INTEGER;
/** Of all nodes as JSON: a row of a database and an answer to a browser. */
const NODES_LENGTH_MAX = 500_000;

type Value = ModelGraph["inputs"][number];

/** What the file computes; every list and every text in it is bounded. */
export function graphOf(model: ModelProto): ModelGraph {
  const graph = model.graph;
  const nodes = graph?.node ?? [];
  const constants = constantsOf(graph);
  const typeOf = new Map(
    [...(graph?.valueInfo ?? []), ...(graph?.output ?? [])].map((info) => [info.name, typeWords(info)]),
  );
  // Before IR version 4 weights stood among the inputs.
  const given = (graph?.input ?? []).filter(({ name }) => !constants.has(name));
  // A Constant is a weight of whoever uses it.
  const shown = nodes.filter((node) => !isConstant(node));
  const makerOf = new Map(shown.flatMap(({ output }, id) => output.map((name) => [name, id] as const)));
  const known = { constants, typeOf, makerOf };
  const kept = within(
    NODES_LENGTH_MAX,
    shown.slice(0, GRAPH_NODES_MAX).map((node, id) => nodeOf(node, id, known)),
  );
  return {
    producer: shortened([model.producerName, model.producerVersion].filter((part) => part !== "").join(" ")),
    opset: opsetOf(model),
    inputs: given.slice(0, VALUES_MAX).map(valueFrom),
    outputs: (graph?.output ?? []).slice(0, VALUES_MAX).map(valueFrom),
    nodes: kept.map((node) => ({ ...node, inputs: node.inputs.map((input) => fromKept(input, kept.length)) })),
    omitted: shown.length - kept.length,
    operators: countOperators(model),
    parameters: [...constants.values()].reduce((sum, tensor) => Math.min(COUNT_MAX, sum + elementsOf(tensor)), 0),
  };
}

const fromKept = ({ name, from }: GraphNode["inputs"][number], kept: number) => ({
  name,
  from: from === null || from >= kept ? null : from,
});

/** By operator set; ONNX's own has no name. */
const opsetOf = (model: ModelProto): Record<string, number> =>
  Object.fromEntries(
    model.opsetImport
      .slice(0, OPSETS_MAX)
      .map(({ domain, version }) => [shortened(domain || "ai.onnx"), numberOf(version)]),
  );

function within(lengthMax: number, nodes: readonly GraphNode[]): GraphNode[] {
  let length = 0;
  const end = nodes.findIndex((node) => {
    length += JSON.stringify(node).length;
    return length > lengthMax;
  });
  return end < 0 ? [...nodes] : nodes.slice(0, end);
}

const isConstant = (node: NodeProto) => node.opType === "Constant" && domainOf(node) === "";

/** ONNX's own operators may name their set or not. */
const domainOf = ({ domain }: NodeProto) => (domain === "ai.onnx" ? "" : domain);

function constantsOf(graph: GraphProto | undefined): Map<string, TensorProto | null> {
  const constants = new Map<string, TensorProto | null>();
  for (const tensor of graph?.initializer ?? []) constants.set(tensor.name, tensor);
  for (const { values } of graph?.sparseInitializer ?? []) if (values !== undefined) constants.set(values.name, values);
  for (const node of graph?.node ?? []) {
    const [name] = node.output;
    // Numbers and texts may be given without a tensor around them.
    if (name !== undefined && isConstant(node))
      constants.set(name, node.attribute.find(({ t }) => t !== undefined)?.t ?? null);
  }
  return constants;
}

type Known = Readonly<{
  constants: ReadonlyMap<string, TensorProto | null>;
  typeOf: ReadonlyMap<string, string | null>;
  makerOf: ReadonlyMap<string, number>;
}>;

function nodeOf(node: NodeProto, id: number, { constants, typeOf, makerOf }: Known): GraphNode {
  // An input that is left away has no name.
  const inputs = node.input.filter((name) => name !== "");
  const outputs = node.output.filter((name) => name !== "");
  return {
    id,
    operator: shortened(node.opType),
    domain: shortened(domainOf(node)),
    name: shortened(node.name),
    inputs: inputs
      .filter((name) => !constants.has(name))
      .slice(0, VALUES_MAX)
      // By its whole name: two long ones may be shortened to the same.
      .map((name) => ({ name: shortened(name), from: makerOf.get(name) ?? null })),
    outputs: outputs.slice(0, VALUES_MAX).map((name) => ({ name: shortened(name), type: typeOf.get(name) ?? null })),
    weights: inputs
      .filter((name) => constants.has(name))
      .slice(0, VALUES_MAX)
      .map((name) => ({ name: shortened(name), type: tensorWords(constants.get(name) ?? null) })),
    attributes: node.attribute
      .slice(0, ATTRIBUTES_MAX)
      .map((attribute) => ({ name: shortened(attribute.name), value: shortened(attributeWords(attribute)) })),
  };
}

const valueFrom = (info: ValueInfoProto): Value => ({ name: shortened(info.name), type: typeWords(info) });

function typeWords({ type }: ValueInfoProto): string | null {
  const value = type?.value;
  if (value?.case === "sequenceType") return "a sequence";
  if (value?.case === "mapType") return "a map";
  if (value?.case === "optionalType") return "an optional value";
  if (value?.case !== "tensorType" && value?.case !== "sparseTensorType") return null;
  const dims = value.value.shape?.dim.map(({ value: dim }) => {
    if (dim.case === "dimValue") return String(dim.value);
    return dim.case === "dimParam" && dim.value !== "" ? dim.value : "any";
  });
  return shapeWords(value.value.elemType, dims);
}

const tensorWords = (tensor: TensorProto | null): string | null =>
  tensor === null ? null : shapeWords(tensor.dataType, tensor.dims.map(String));

function shapeWords(elementType: number, dims: readonly string[] | undefined): string {
  const datatype = DATATYPE_OF[elementType] ?? `type ${elementType}`;
  if (dims === undefined) return datatype;
  return shortened(`${datatype} ${dims.length === 0 ? "scalar" : dims.join(" × ")}`);
}

/** A hostile file may claim any length: kept a safe integer at every step, as Infinity times 0 is no number. */
const elementsOf = (tensor: TensorProto | null): number =>
  tensor?.dims.reduce((product, dim) => Math.min(COUNT_MAX, product * Math.max(0, Number(dim))), 1) ?? 1;

const numberOf = (value: bigint) => Math.max(-COUNT_MAX, Math.min(COUNT_MAX, Number(value)));

// AttributeProto.AttributeType of the ONNX specification.
const [FLOAT, INT, STRING] = [1, 2, 3];

function attributeWords(attribute: AttributeProto): string {
  const { ints, floats, strings, t, g, graphs, tensors } = attribute;
  if (g !== undefined) return `a graph of ${g.node.length} operators`;
  if (t !== undefined) return tensorWords(t) ?? "";
  if (ints.length > 0) return listWords(ints.map(String));
  if (floats.length > 0) return listWords(floats.map(numberWords));
  if (strings.length > 0) return listWords(strings.slice(0, NUMBERS_MAX + 1).map(textOf), strings.length);
  if (graphs.length > 0) return `${graphs.length} graphs`;
  if (tensors.length > 0) return `${tensors.length} tensors`;
  if (attribute.type === FLOAT) return numberWords(attribute.f);
  if (attribute.type === INT) return String(attribute.i);
  if (attribute.type === STRING) return textOf(attribute.s);
  return "";
}

const listWords = (words: readonly string[], length = words.length) =>
  length > NUMBERS_MAX
    ? `${words.slice(0, NUMBERS_MAX).join(", ")} and ${length - NUMBERS_MAX} more`
    : words.join(", ");

/** Written with four bytes, read with eight. */
const numberWords = (value: number) => String(Number(value.toPrecision(7)));

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes.subarray(0, NAME_LENGTH_MAX + 1));

function countOperators(model: ModelProto): ModelGraph["operators"] {
  const counts = new Map<string, number>();
  const count = (nodes: readonly NodeProto[]) => {
    for (const node of nodes) {
      if (isConstant(node)) continue;
      const domain = domainOf(node);
      const operator = shortened(domain === "" ? node.opType : `${domain}.${node.opType}`);
      counts.set(operator, (counts.get(operator) ?? 0) + 1);
      for (const { g, graphs } of node.attribute) for (const inner of g ? [g, ...graphs] : graphs) count(inner.node);
    }
  };
  count(model.graph?.node ?? []);
  for (const { node } of model.functions) count(node);
  return [...counts]
    .map(([operator, times]) => ({ operator, count: times }))
    .sort((a, b) => b.count - a.count || a.operator.localeCompare(b.operator))
    .slice(0, OPERATORS_MAX);
}

/** Without what the database cannot keep, and no longer than anybody reads. */
function shortened(text: string): string {
  const clean = text.replaceAll("\0", "�").toWellFormed();
  return clean.length <= NAME_LENGTH_MAX ? clean : `${clean.slice(0, NAME_LENGTH_MAX - 1).toWellFormed()}…`;
}
