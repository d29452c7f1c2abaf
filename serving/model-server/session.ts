import { readFileSync } from "node:fs";
import path from "node:path";
import type { InferenceSession, OnnxValue, Tensor } from "onnxruntime-node";
import type { Signature, TensorSpec } from "#domain/shared/signature.ts";
import { datatypeOf, elementCount, NUMERIC, runtimeTypeOf, type TensorData, type TensorValue } from "./datatypes.ts";
import { ort } from "./onnxruntime.ts";
import { LoadError, loadErrorOf, runErrorOf } from "./runtime-errors.ts";

export type LoadedModel = {
  signature: Signature;
  /** Runs once. Blocks the thread meanwhile. Throws RequestError when the input is at fault, else InferenceError. */
  infer(inputs: readonly TensorValue[], outputs: readonly string[]): Promise<TensorValue[]>;
};

/** One thread per run: parallelism comes from several inference threads, and busy cores make a run's own threads slow. */
const OPTIONS: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  logSeverityLevel: 4,
};

/** Loads `<folder>/model.onnx` or any ONNX file. Blocks the thread. Throws LoadError. */
export async function loadModel(file: string): Promise<LoadedModel> {
  const direct = await createSession(file, OPTIONS);
  if (direct.outputMetadata.every(({ isTensor }) => isTensor)) return modelOf(direct, new Map());
  await direct.release();
  // Only such models pay for the decoder: it is not on the way of the others' start.
  const { serveTensorsUnderZipMaps } = await import("./onnx/zipmap.ts");
  const { bytes, tensorOf } = serveTensorsUnderZipMaps(readFileSync(file));
  const session = { model_external_initializers_file_folder_path: path.dirname(file) };
  return modelOf(await createSession(bytes, { ...OPTIONS, extra: { session } }), tensorOf);
}

async function createSession(source: string | Uint8Array, options: InferenceSession.SessionOptions) {
  try {
    return await (typeof source === "string"
      ? ort.InferenceSession.create(source, options)
      : ort.InferenceSession.create(source, options));
  } catch (error) {
    throw loadErrorOf(error);
  }
}

function modelOf(session: InferenceSession, tensorOf: ReadonlyMap<string, string>): LoadedModel {
  const outputNames = tensorOf.size > 0 ? [...tensorOf.keys()] : session.outputNames;
  const tensorName = (output: string) => tensorOf.get(output) ?? output;
  const signature: Signature = {
    inputs: session.inputMetadata.map((metadata) => specOf(metadata, metadata.name, "input")),
    outputs: outputNames.map((name) => {
      const metadata = session.outputMetadata.find((candidate) => candidate.name === tensorName(name));
      if (metadata === undefined) throw new LoadError("load_failed", `Output "${name}" is not in the graph.`);
      return specOf(metadata, name, "output");
    }),
  };
  return {
    signature,
    async infer(inputs, outputs) {
      const fetched = await run(session, feedsOf(inputs), [...new Set(outputs.map(tensorName))]);
      return outputs.map((name) => valueFrom(name, fetched[tensorName(name)]));
    },
  };
}

function specOf(metadata: InferenceSession.ValueMetadata, name: string, side: "input" | "output"): TensorSpec {
  if (!metadata.isTensor) {
    throw new LoadError(
      "unsupported_type",
      `The ${side} "${name}" is a sequence, a map or optional, and only tensors can be served. Export the model so that it is a tensor.`,
    );
  }
  const datatype = datatypeOf(metadata.type);
  if (datatype === undefined) {
    throw new LoadError(
      "unsupported_type",
      `The ${side} "${name}" has the element type ${metadata.type}, which cannot be served.`,
    );
  }
  return { name, datatype, shape: metadata.shape.map((size) => (typeof size === "number" ? size : -1)) };
}

function feedsOf(inputs: readonly TensorValue[]): Record<string, Tensor> {
  // Without a prototype, so that a tensor may have any name.
  const feeds: Record<string, Tensor> = Object.create(null);
  for (const { name, datatype, data, shape } of inputs) {
    const type = runtimeTypeOf(datatype);
    if (type === undefined) throw new Error(`${datatype} passed the signature of a model that cannot have it`);
    feeds[name] =
      data instanceof Float16Array ? halfTensor(data, shape) : new ort.Tensor(type, data as Float32Array, shape);
  }
  return feeds;
}

async function run(session: InferenceSession, feeds: Record<string, Tensor>, fetches: string[]) {
  try {
    return await session.run(feeds, fetches);
  } catch (error) {
    throw runErrorOf(error);
  }
}

function valueFrom(name: string, tensor: OnnxValue | undefined): TensorValue {
  const datatype = tensor === undefined ? undefined : datatypeOf(tensor.type);
  if (tensor === undefined || datatype === undefined) throw new Error(`onnxruntime gave no tensor for "${name}"`);
  return { name, datatype, shape: tensor.dims, data: tensor.data as TensorData };
}

/** onnxruntime's binding reads a Float16Array as empty, but takes the same bits from a Uint16Array. */
function halfTensor(data: Float16Array, shape: readonly number[]): Tensor {
  const bits = new ort.Tensor("uint16", new Uint16Array(data.buffer, data.byteOffset, data.length), shape);
  return Object.defineProperty(bits, "type", { value: "float16" });
}

/** An input of zeros (empty text, false) in which every free dimension has the given size, the first one 1. */
export function exampleInputs(signature: Signature, freeSize: number): TensorValue[] {
  return signature.inputs.map(({ name, datatype, shape: declared }) => {
    const shape = declared.map((size, axis) => (size !== -1 ? size : axis === 0 ? 1 : freeSize));
    const count = elementCount(shape);
    const data = datatype === "BYTES" ? new Array<string>(count).fill("") : NUMERIC[datatype]?.make(count);
    if (data === undefined) throw new Error(`${datatype} passed the signature of a model that cannot have it`);
    return { name, datatype, shape, data };
  });
}
