import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from "./generated/onnx_pb.ts";

const ELEMENT_FLOAT = 1;

export type Rewritten = {
  bytes: Uint8Array;
  /** Name of the output in the file → tensor in the rewritten graph that answers it. */
  tensorOf: ReadonlyMap<string, string>;
};

/**
 * scikit-learn exports end in ZipMap, which turns a tensor of probabilities into a list of dictionaries. The protocol
 * knows only tensors, so such an output is answered by the tensor under it. Outputs of other kinds stay as they are.
 */
export function serveTensorsUnderZipMaps(file: Uint8Array): Rewritten {
  const model = fromBinary(ModelProtoSchema, file);
  const { graph } = model;
  if (graph === undefined) return { bytes: file, tensorOf: new Map() };
  const zipMaps = new Map(graph.node.filter(isZipMap).map((node) => [node.output[0] ?? "", node]));
  const tensorOf = new Map(graph.output.map(({ name }) => [name, zipMaps.get(name)?.input[0] ?? name]));
  graph.node = graph.node.filter((node) => !zipMaps.has(node.output[0] ?? "") || !tensorOf.has(node.output[0] ?? ""));
  replaceOutputs(graph, tensorOf);
  return { bytes: toBinary(ModelProtoSchema, model), tensorOf };
}

const isZipMap = (node: NodeProto) => node.opType === "ZipMap" && node.domain === "ai.onnx.ml";

function replaceOutputs(graph: GraphProto, tensorOf: ReadonlyMap<string, string>): void {
  const kept = graph.output.filter(({ name }) => tensorOf.get(name) === name);
  const present = new Set(kept.map(({ name }) => name));
  for (const tensor of tensorOf.values()) {
    if (present.has(tensor)) continue;
    present.add(tensor);
    // No shape: onnxruntime infers it, and refuses a guess that does not fit.
    const value = create(TypeProto_TensorSchema, { elemType: ELEMENT_FLOAT });
    const type = create(TypeProtoSchema, { value: { case: "tensorType", value } });
    kept.push(create(ValueInfoProtoSchema, { name: tensor, type }));
  }
  graph.output = kept;
}
