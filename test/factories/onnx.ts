// Small ONNX files made in code, all fit to serve. Each factory gives a whole file; its comment is the signature.
import { attribute, bytesOf, ELEMENT, floatTensor, type Graph, node, onnxFile, tensorValue } from "#demo/onnx-file.ts";
import { sequenceOfMaps } from "./onnx-builder.ts";

/** x FP32 [-1,1] → y FP32 [-1,1], y = x · factor. Which factor answered tells which version did. */
export function aScalingModel(factor: number): Uint8Array {
  return onnxFile({
    node: [node("Mul", ["x", "factor"], ["y"])],
    initializer: [floatTensor("factor", [1], [factor])],
    input: [tensorValue("x", ELEMENT.float, ["rows", 1])],
    output: [tensorValue("y", ELEMENT.float, ["rows", 1])],
  });
}

/** x FP32 [-1,2] → y FP32 [-1,1], y = 2·x₀ − 3·x₁ + 0.5. */
export function aLinearModel(): Uint8Array {
  return onnxFile({
    node: [node("MatMul", ["x", "weights"], ["xw"]), node("Add", ["xw", "bias"], ["y"])],
    initializer: [floatTensor("weights", [2, 1], [2, -3]), floatTensor("bias", [1], [0.5])],
    input: [tensorValue("x", ELEMENT.float, ["rows", 2])],
    output: [tensorValue("y", ELEMENT.float, ["rows", 1])],
  });
}

/** x FP32 [-1,width] → y FP32 [-1,width] through `layers` dense layers with ReLU: costs time and memory like a real network. */
export function aDenseNetwork(width: number, layers: number): Uint8Array {
  const weights = Array.from({ length: layers }, (_, layer) =>
    floatTensor(
      `w${layer}`,
      [width, width],
      Array.from({ length: width * width }, (_, index) => Math.sin(index + layer) / width),
    ),
  );
  const nameOf = (layer: number) => (layer === 0 ? "x" : layer === layers ? "y" : `h${layer}`);
  const nodes = weights.flatMap((_, layer) => [
    node("MatMul", [nameOf(layer), `w${layer}`], [`m${layer}`]),
    node("Relu", [`m${layer}`], [nameOf(layer + 1)]),
  ]);
  return onnxFile({
    node: nodes,
    initializer: weights,
    input: [tensorValue("x", ELEMENT.float, ["rows", width])],
    output: [tensorValue("y", ELEMENT.float, ["rows", width])],
  });
}

/**
 * x FP32 [-1,2] → label INT64 [-1], probabilities FP32 [-1,3] as a scikit-learn export has it: LinearClassifier, then
 * ZipMap to a sequence of maps.
 */
export function aZipMapClassifier(): Uint8Array {
  const classifier = node(
    "LinearClassifier",
    ["x"],
    ["label", "scores"],
    [
      attribute.floats("coefficients", [1, 0, 0, 1, -1, -1]),
      attribute.floats("intercepts", [0, 0, 0.5]),
      attribute.ints("classlabels_ints", [0, 1, 2]),
      attribute.int("multi_class", 1),
      attribute.text("post_transform", "SOFTMAX"),
    ],
    "ai.onnx.ml",
  );
  const labels = [attribute.ints("classlabels_int64s", [0, 1, 2])];
  return onnxFile({
    node: [classifier, node("ZipMap", ["scores"], ["probabilities"], labels, "ai.onnx.ml")],
    input: [tensorValue("x", ELEMENT.float, ["rows", 2])],
    output: [tensorValue("label", ELEMENT.int64, ["rows"]), sequenceOfMaps("probabilities")],
  });
}

/** words BYTES [-1] → echo BYTES [-1], the same. */
export function aStringPassthrough(): Uint8Array {
  return onnxFile({
    node: [node("Identity", ["words"], ["echo"])],
    input: [tensorValue("words", ELEMENT.string, ["rows"])],
    output: [tensorValue("echo", ELEMENT.string, ["rows"])],
  });
}

/** a INT64 [-1], b INT64 [-1] → sum INT64 [-1]. */
export function anInt64Adder(): Uint8Array {
  return onnxFile({
    node: [node("Add", ["a", "b"], ["sum"])],
    input: [tensorValue("a", ELEMENT.int64, ["rows"]), tensorValue("b", ELEMENT.int64, ["rows"])],
    output: [tensorValue("sum", ELEMENT.int64, ["rows"])],
  });
}

/** half FP16 [-1] → single FP32 [-1], back FP16 [-1]: the same numbers. */
export function anFp16Cast(): Uint8Array {
  return onnxFile({
    node: [
      node("Cast", ["half"], ["single"], [attribute.int("to", ELEMENT.float)]),
      node("Cast", ["single"], ["back"], [attribute.int("to", ELEMENT.float16)]),
    ],
    input: [tensorValue("half", ELEMENT.float16, ["rows"])],
    output: [tensorValue("single", ELEMENT.float, ["rows"]), tensorValue("back", ELEMENT.float16, ["rows"])],
  });
}

/** flag BOOL [-1] → opposite BOOL [-1]. */
export function aBoolNot(): Uint8Array {
  return onnxFile({
    node: [node("Not", ["flag"], ["opposite"])],
    input: [tensorValue("flag", ELEMENT.bool, ["rows"])],
    output: [tensorValue("opposite", ELEMENT.bool, ["rows"])],
  });
}

/** "in/0" FP32 [3,2] → "21" FP32 [3,2], negated: a fixed batch and names that are not identifiers. */
export function aFixedBatchModel(): Uint8Array {
  return onnxFile({
    node: [node("Neg", ["in/0"], ["21"])],
    input: [tensorValue("in/0", ELEMENT.float, [3, 2])],
    output: [tensorValue("21", ELEMENT.float, [3, 2])],
  });
}

/**
 * x FP32 [1,4] → y FP32 [1,4], y = x + weights, the weights 16 bytes in the file `location` beside this one
 * (content: `externalWeights`).
 */
export function anExternalDataModel(location = "model.onnx.data"): Uint8Array {
  return onnxFile({
    node: [node("Add", ["x", "weights"], ["y"])],
    initializer: [
      {
        name: "weights",
        dims: [1n, 4n],
        dataType: ELEMENT.float,
        dataLocation: 1,
        externalData: [
          { key: "location", value: location },
          { key: "offset", value: "0" },
          { key: "length", value: "16" },
        ],
      },
    ],
    input: [tensorValue("x", ELEMENT.float, [1, 4])],
    output: [tensorValue("y", ELEMENT.float, [1, 4])],
  });
}

/** What anExternalDataModel's data file holds: 10, 20, 30, 40 as FP32. */
export const externalWeights = (): Uint8Array => bytesOf(Float32Array.of(10, 20, 30, 40));

/** times INT64 [1] → y FP32 [1], y = times: counted one by one, so that a run takes as long as the caller wants. */
export function aCountingModel(): Uint8Array {
  const body: Graph = {
    name: "body",
    node: [node("Identity", ["going"], ["still_going"]), node("Add", ["count", "one"], ["counted"])],
    input: [
      tensorValue("iteration", ELEMENT.int64, []),
      tensorValue("going", ELEMENT.bool, []),
      tensorValue("count", ELEMENT.float, [1]),
    ],
    output: [tensorValue("still_going", ELEMENT.bool, []), tensorValue("counted", ELEMENT.float, [1])],
  };
  return onnxFile({
    node: [
      node("Squeeze", ["times"], ["trips"]),
      node("Loop", ["trips", "", "zero"], ["y"], [attribute.graph("body", body)]),
    ],
    initializer: [floatTensor("zero", [1], [0]), floatTensor("one", [1], [1])],
    input: [tensorValue("times", ELEMENT.int64, [1])],
    output: [tensorValue("y", ELEMENT.float, [1])],
  });
}

/**
 * x FP32 [-1,1] → y FP32 [-1,1], y = what stands at place x of `values`. Fits where a scaling model was, passes every
 * check with zeros, and fails on a place that there is not: what a version does whose test data were too kind.
 */
export function aLookupModel(values: readonly number[]): Uint8Array {
  return onnxFile({
    node: [
      node("Cast", ["x"], ["place"], [attribute.int("to", ELEMENT.int64)]),
      node("Gather", ["values", "place"], ["y"]),
    ],
    initializer: [floatTensor("values", [values.length], values)],
    input: [tensorValue("x", ELEMENT.float, ["rows", 1])],
    output: [tensorValue("y", ELEMENT.float, ["rows", 1])],
  });
}
