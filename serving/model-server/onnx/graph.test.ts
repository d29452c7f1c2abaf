import { create, fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { edgesOf, GRAPH_NODES_MAX, modelGraphSchema } from "#domain/shared/model-graph.ts";
import { aCountingModel, aDenseNetwork, aLinearModel, aZipMapClassifier } from "#test/factories/onnx.ts";
import { ModelProtoSchema } from "./generated/onnx_pb.ts";
import { graphOf } from "./graph.ts";

const read = (file: Uint8Array) => modelGraphSchema.parse(graphOf(fromBinary(ModelProtoSchema, file)));
const madeOf = (node: object[], more: object = {}) =>
  create(ModelProtoSchema, { graph: { node, ...more }, opsetImport: [{ version: 17n }] } as never);

test("weights belong to their operator and are counted; what a caller gives is an input", () => {
  const graph = read(aLinearModel());
  expect(graph.inputs.map(({ name }) => name)).toEqual(["x"]);
  const weights = graph.nodes.flatMap((node) => node.weights);
  expect(weights.length).toBeGreaterThan(0);
  expect(graph.nodes.flatMap((node) => node.inputs.map(({ name }) => name))).not.toContain(weights[0]?.name);
  expect(graph.parameters).toBeGreaterThan(0);
});

test("types and shapes are said as the file says them, free dimensions by their name", () => {
  const graph = read(aZipMapClassifier());
  expect(graph.inputs[0]).toMatchObject({ name: "x", type: expect.stringMatching(/^FP32 \w+ × 2$/) });
  expect(graph.operators.map(({ operator }) => operator)).toContain("ai.onnx.ml.ZipMap");
  expect(graph.outputs.map(({ type }) => type)).toContain("a sequence");
});

test("operators of inner graphs are counted, and the attribute that holds them says so", () => {
  const graph = read(aCountingModel());
  const total = graph.operators.reduce((sum, { count }) => sum + count, 0);
  expect(total).toBeGreaterThan(graph.nodes.length);
  expect(graph.nodes.flatMap((node) => node.attributes).map(({ value }) => value)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^a graph of \d+ operators$/)]),
  );
});

test("a chain of layers is a chain of edges", () => {
  const { nodes } = read(aDenseNetwork(4, 3));
  const edges = edgesOf(nodes);
  expect(edges).toHaveLength(nodes.length - 1);
  expect(edges.every(({ from, to }) => to === from + 1)).toBe(true);
});

test("a Constant is a weight of who uses it, and no operator of its own", () => {
  const model = madeOf([
    { opType: "Constant", output: ["two"], attribute: [{ name: "value", t: { dims: [2n, 3n], dataType: 1 } }] },
    { opType: "Mul", input: ["x", "two"], output: ["y"] },
  ]);
  const { nodes, parameters } = graphOf(model);
  expect(nodes).toMatchObject([
    { operator: "Mul", inputs: [{ name: "x", from: null }], weights: [{ name: "two", type: "FP32 2 × 3" }] },
  ]);
  expect(parameters).toBe(6);
});

test("sizes and versions that no file can have are still numbers that can be kept", () => {
  const huge = 2n ** 63n - 1n;
  const weight = { dims: [...Array<bigint>(20).fill(huge), 0n], dataType: 1 };
  const model = madeOf([{ opType: "A", input: ["w"] }], {
    initializer: [
      { ...weight, name: "w" },
      { dims: [huge], dataType: 1, name: "v" },
      { dims: [huge], dataType: 1, name: "u" },
    ],
  });
  const opsetImport = [{ ...model.opsetImport[0], version: huge }];
  const graph = modelGraphSchema.parse(JSON.parse(JSON.stringify(graphOf({ ...model, opsetImport } as never))));
  expect(graph.parameters).toBe(Number.MAX_SAFE_INTEGER);
  expect(graph.opset).toEqual({ "ai.onnx": Number.MAX_SAFE_INTEGER });
});

test("values that run in a circle have edges like all others", () => {
  const { nodes } = graphOf(
    madeOf([
      { opType: "A", input: ["b"], output: ["a"] },
      { opType: "B", input: ["a"], output: ["b"] },
    ]),
  );
  expect(edgesOf(nodes)).toEqual([
    { from: 1, to: 0, value: "b" },
    { from: 0, to: 1, value: "a" },
  ]);
});

test("names too long to be kept whole are told apart all the same", () => {
  const long = "n".repeat(500);
  const { nodes } = graphOf(
    madeOf([
      { opType: "A", output: [`${long}a`] },
      { opType: "B", output: [`${long}b`] },
      { opType: "C", input: [`${long}a`, `${long}a`] },
    ]),
  );
  expect(edgesOf(nodes)).toMatchObject([{ from: 0, to: 2 }]);
});

test("whatever a file holds, its graph is small, whole text, and says how much it leaves out", () => {
  const name = fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.constant("n".repeat(20_000)));
  const names = fc.array(name, { maxLength: 60 });
  const attribute = fc.record({ name, ints: fc.array(fc.bigInt({ min: 0n, max: 9n }), { maxLength: 30 }) });
  const node = fc.record({
    opType: name,
    name,
    input: names,
    output: names,
    attribute: fc.array(attribute, { maxLength: 30 }),
  });
  fc.assert(
    fc.property(fc.array(node, { minLength: 1, maxLength: 5 }), fc.constantFrom(1, 7, 300), (nodes, times) => {
      const many = Array.from({ length: times }, () => nodes).flat();
      const graph = modelGraphSchema.parse(graphOf(madeOf(many)));
      expect(graph.nodes.length + graph.omitted).toBe(many.length);
      expect(graph.nodes.length).toBeLessThanOrEqual(GRAPH_NODES_MAX);
      expect(edgesOf(graph.nodes).every(({ from, to }) => Math.max(from, to) < graph.nodes.length)).toBe(true);
      const text = JSON.stringify(graph);
      expect(text.length).toBeLessThan(700_000);
      expect(text).not.toMatch(/\\u0000|\\ud[89a-f]/);
    }),
    { numRuns: 10 },
  );
});
