import { lstatSync } from "node:fs";
import path from "node:path";
import { isOutside } from "#domain/version/archive.ts";
import { LoadError } from "#serving/model-server/runtime-errors.ts";
import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  SparseTensorProto,
  TensorProto,
} from "./generated/onnx_pb.ts";

const EXTERNAL = 1;

/**
 * Every file that a model's tensors point to must be a regular file in the model's own folder, unlinked elsewhere, and
 * reach as far as the model says. `folder` undefined: the model came alone. Throws LoadError.
 */
export function assertExternalDataInside(model: ModelProto, folder: string | undefined): void {
  for (const tensor of externalTensors(model)) {
    const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
    const location = entries.get("location") ?? "";
    if (isOutside(location)) {
      throw new LoadError(
        "external_data_outside",
        `The tensor "${tensor.name}" reads ${JSON.stringify(location.slice(0, 100))}, outside the model's own folder. Save the data files next to model.onnx and export again.`,
      );
    }
    if (folder === undefined) {
      throw new LoadError(
        "external_data_missing",
        `The model keeps weights in a second file, ${JSON.stringify(location)}. Upload both as one tar: tar -cf model.tar model.onnx ${location} (the .onnx file must be named model.onnx).`,
      );
    }
    assertReaches(path.join(folder, location), location, numberOf(entries, "offset") + numberOf(entries, "length"));
  }
}

function assertReaches(file: string, location: string, end: number): void {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new LoadError(
      "external_data_missing",
      `The data file ${JSON.stringify(location)} is not in the archive. Add it and upload again.`,
    );
  }
  if (!found.isFile() || found.nlink > 1) {
    throw new LoadError(
      "external_data_outside",
      `The data file ${JSON.stringify(location)} is a link. Pack the file itself.`,
    );
  }
  if (!(end <= found.size)) {
    throw new LoadError(
      "external_data_missing",
      `The data file ${JSON.stringify(location)} has ${found.size} bytes, the model reads up to ${end}. Upload it whole.`,
    );
  }
}

/** NaN, which fits no file, when the entry is not a whole number. */
function numberOf(entries: ReadonlyMap<string, string>, key: string): number {
  const text = entries.get(key) ?? "0";
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}

function* externalTensors(model: ModelProto): Generator<TensorProto> {
  for (const tensor of tensorsOfModel(model)) {
    if (tensor.dataLocation === EXTERNAL || tensor.externalData.length > 0) yield tensor;
  }
}

function* tensorsOfModel({ graph, functions }: ModelProto): Generator<TensorProto> {
  if (graph !== undefined) yield* tensorsOfGraph(graph);
  for (const { node } of functions) yield* tensorsOfNodes(node);
}

function* tensorsOfGraph(graph: GraphProto): Generator<TensorProto> {
  yield* graph.initializer;
  for (const sparse of graph.sparseInitializer) yield* tensorsOfSparse(sparse);
  yield* tensorsOfNodes(graph.node);
}

function* tensorsOfNodes(nodes: readonly NodeProto[]): Generator<TensorProto> {
  for (const { attribute } of nodes) for (const each of attribute) yield* tensorsOfAttribute(each);
}

function* tensorsOfAttribute(attribute: AttributeProto): Generator<TensorProto> {
  if (attribute.t !== undefined) yield attribute.t;
  yield* attribute.tensors;
  if (attribute.g !== undefined) yield* tensorsOfGraph(attribute.g);
  for (const graph of attribute.graphs) yield* tensorsOfGraph(graph);
  if (attribute.sparseTensor !== undefined) yield* tensorsOfSparse(attribute.sparseTensor);
  for (const sparse of attribute.sparseTensors) yield* tensorsOfSparse(sparse);
}

function* tensorsOfSparse({ values, indices }: SparseTensorProto): Generator<TensorProto> {
  if (values !== undefined) yield values;
  if (indices !== undefined) yield indices;
}
