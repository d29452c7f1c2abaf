import type { Network } from "./network.ts";
import { attribute, ELEMENT, floatTensor, type Node, node, onnxFile, type Tensor, tensorValue } from "./onnx-file.ts";

/**
 * The network as an ONNX file: FP32 `input` [-1, ...shape] of raw values → FP32 `probabilities` [-1, classes]. Scaling is
 * part of the graph, so callers send what they measured.
 */
export function networkFile(network: Network, input: { name: string; shape: readonly number[] }): Uint8Array {
  const { mean, deviation, layers } = network;
  const initializer: Tensor[] = [
    floatTensor("mean", [mean.length], mean),
    floatTensor("deviation", [deviation.length], deviation),
  ];
  const flat = input.shape.length > 1 ? "flat" : input.name;
  const nodes: Node[] = [
    ...(flat === input.name ? [] : [node("Flatten", [input.name], [flat], [attribute.int("axis", 1)])]),
    node("Sub", [flat, "mean"], ["centred"]),
    node("Div", ["centred", "deviation"], ["scaled"]),
  ];
  let from = "scaled";
  layers.forEach(({ inputs, outputs, weights, bias }, depth) => {
    const [weightsName, biasName, scores, active] = ["weights", "bias", "scores", "active"].map(
      (n) => `${n}${depth + 1}`,
    );
    if (weightsName === undefined || biasName === undefined || scores === undefined || active === undefined) return;
    initializer.push(floatTensor(weightsName, [inputs, outputs], weights), floatTensor(biasName, [outputs], bias));
    nodes.push(node("Gemm", [from, weightsName, biasName], [scores]));
    const isLast = depth === layers.length - 1;
    const to = isLast ? "probabilities" : active;
    nodes.push(isLast ? node("Softmax", [scores], [to], [attribute.int("axis", 1)]) : node("Relu", [scores], [to]));
    from = to;
  });
  return onnxFile({
    node: nodes,
    initializer,
    input: [tensorValue(input.name, ELEMENT.float, ["rows", ...input.shape])],
    output: [tensorValue("probabilities", ELEMENT.float, ["rows", layers.at(-1)?.outputs ?? 0])],
  });
}
