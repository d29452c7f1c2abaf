import fc from "fast-check";
import { expect, test } from "vitest";
import type { GraphNode, ModelGraph } from "#domain/shared/model-graph.ts";
import { type Box, drawGraph } from "./graph-layout.ts";

const nodeOf = (id: number, from: readonly number[], more: Partial<GraphNode> = {}): GraphNode => ({
  id,
  operator: "Op",
  domain: "",
  name: "",
  inputs: from.map((other) => ({ name: `v${other}`, from: other })),
  outputs: [{ name: `v${id}`, type: null }],
  weights: [],
  attributes: [],
  ...more,
});
const graphOf = (nodes: GraphNode[], more: Partial<ModelGraph> = {}): ModelGraph => ({
  producer: "",
  opset: {},
  inputs: [],
  outputs: [],
  nodes,
  omitted: 0,
  operators: [],
  parameters: 0,
  ...more,
});
const overlap = (a: Box, b: Box) =>
  Math.abs(a.x - b.x) * 2 < a.width + b.width && Math.abs(a.y - b.y) * 2 < a.height + b.height;

test("a chain runs from what is given down to what is answered", () => {
  const given = nodeOf(0, [], { inputs: [{ name: "x", from: null }] });
  const { boxes } = drawGraph(
    graphOf([given, nodeOf(1, [0])], {
      inputs: [{ name: "x", type: "FP32 1 × 2" }],
      outputs: [{ name: "v1", type: null }],
    }),
    10,
  );
  const byHeight = boxes.toSorted((a, b) => a.y - b.y).map(({ key }) => key);
  expect(byHeight).toEqual(["ix", "n0", "n1", "ov1"]);
});

test("what is not drawn leaves no line into nothing", () => {
  const { boxes, lines } = drawGraph(graphOf([nodeOf(0, []), nodeOf(1, [0]), nodeOf(2, [1, 0])]), 2);
  expect(boxes.map(({ key }) => key)).toEqual(["n0", "n1"]);
  expect(lines).toHaveLength(1);
});

test("whatever feeds what, in circles and into itself too, every operator has a place that no other covers", () => {
  const graphs = fc
    .integer({ min: 1, max: 25 })
    .chain((count) =>
      fc.array(fc.array(fc.nat({ max: count - 1 }), { maxLength: 4 }), { minLength: count, maxLength: count }),
    );
  fc.assert(
    fc.property(graphs, (froms) => {
      const drawing = drawGraph(graphOf(froms.map((from, id) => nodeOf(id, from))), 100);
      expect(drawing.boxes).toHaveLength(froms.length);
      for (const [index, box] of drawing.boxes.entries()) {
        expect(box.x - box.width / 2).toBeGreaterThanOrEqual(0);
        expect(box.x + box.width / 2).toBeLessThanOrEqual(drawing.width);
        expect(box.y + box.height / 2).toBeLessThanOrEqual(drawing.height);
        for (const other of drawing.boxes.slice(index + 1)) expect(overlap(box, other)).toBe(false);
      }
    }),
    { numRuns: 60 },
  );
});
