// Small ONNX files made in code that must be refused, each for its own reason.
import { attribute, ELEMENT, floatTensor, type Graph, node, onnxFile, tensorValue } from "#demo/onnx-file.ts";
import { boolTensor, int64Tensor } from "./onnx-builder.ts";

/** Its Loop never ends: a valid file that hangs whoever runs it. x FP32 [1] → y FP32 [1]. */
export function anEndlessLoop(): Uint8Array {
  const body: Graph = {
    name: "body",
    node: [node("Identity", ["going"], ["still_going"]), node("Identity", ["carried"], ["carried_on"])],
    input: [
      tensorValue("iteration", ELEMENT.int64, []),
      tensorValue("going", ELEMENT.bool, []),
      tensorValue("carried", ELEMENT.float, [1]),
    ],
    output: [tensorValue("still_going", ELEMENT.bool, []), tensorValue("carried_on", ELEMENT.float, [1])],
  };
  return onnxFile({
    node: [node("Loop", ["", "true", "x"], ["y"], [attribute.graph("body", body)])],
    initializer: [boolTensor("true", true)],
    input: [tensorValue("x", ELEMENT.float, [1])],
    output: [tensorValue("y", ELEMENT.float, [1])],
  });
}

/** Runs an operator that no runtime has. */
export function anUnknownOperator(): Uint8Array {
  return onnxFile({
    node: [node("Teleport", ["x"], ["y"])],
    input: [tensorValue("x", ELEMENT.float, [1])],
    output: [tensorValue("y", ELEMENT.float, [1])],
  });
}

/** A valid file of a few hundred bytes that asks for `gib` GiB when it runs, and writes all of it. */
export function aMemoryHog(gib: number): Uint8Array {
  const fill = attribute.tensor("value", floatTensor("one", [1], [1]));
  return onnxFile({
    node: [
      node("ConstantOfShape", ["size"], ["huge"], [fill]),
      node("ReduceSum", ["huge"], ["total"], [attribute.int("keepdims", 0)]),
      node("Add", ["x", "total"], ["y"]),
    ],
    initializer: [int64Tensor("size", [1], [gib * 2 ** 28])],
    input: [tensorValue("x", ELEMENT.float, [1])],
    output: [tensorValue("y", ELEMENT.float, [1])],
  });
}

/** Says that its weights are a thousand times larger than the bytes it holds. */
export function aModelThatLiesAboutSizes(): Uint8Array {
  return onnxFile({
    node: [node("Add", ["x", "weights"], ["y"])],
    initializer: [{ ...floatTensor("weights", [1000], [1]) }],
    input: [tensorValue("x", ELEMENT.float, [1000])],
    output: [tensorValue("y", ELEMENT.float, [1000])],
  });
}

/** x BF16 [1] → y BF16 [1]: an element type the runtime cannot hand over. */
export function aBf16Model(): Uint8Array {
  return onnxFile({
    node: [node("Identity", ["x"], ["y"])],
    input: [tensorValue("x", ELEMENT.bfloat16, [1])],
    output: [tensorValue("y", ELEMENT.bfloat16, [1])],
  });
}

/** x FP32 [-1] → parts, a sequence of tensors, which the protocol cannot carry. */
export function aSequenceOutput(): Uint8Array {
  const float = tensorValue("", ELEMENT.float, ["rows"]).type;
  return onnxFile({
    node: [node("SequenceConstruct", ["x", "x"], ["parts"])],
    input: [tensorValue("x", ELEMENT.float, ["rows"])],
    output: [
      {
        name: "parts",
        type: { value: { case: "sequenceType", value: float === undefined ? {} : { elemType: float } } },
      },
    ],
  });
}
