import { open, readFile } from "node:fs/promises";
import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type { Inspection, Signature } from "#domain/shared/signature.ts";
import { isTar, MODEL_FILE } from "#domain/version/archive.ts";
import { elementCount, type TensorValue } from "./datatypes.ts";
import { assertExternalDataInside } from "./onnx/external-data.ts";
import { graphOf } from "./onnx/graph.ts";
import { readModel } from "./onnx/read.ts";
import { encodeJsonData } from "./protocol/json-data.ts";
import { LoadError } from "./runtime-errors.ts";
import { exampleInputs, loadModel } from "./session.ts";
import { warmUp } from "./warm-up.ts";

/** `folder` is empty and private; an archive is unpacked into it. */
export type InspectData = { file: string; folder: string };

export type InspectReport = { stage: "running" } | { stage: "done"; inspection: Inspection };

const HEAD_BYTES = 512;
/** onnxruntime and protobuf stop there. */
const FILE_BYTES_MAX = 2 ** 31 - 1;
/** An example larger than this would be larger than anyone's request. */
const EXAMPLE_ELEMENTS_MAX = 1_000_000;

type Located = { file: string; bytes: Uint8Array; folder: string | undefined };

async function locate({ file, folder }: InspectData): Promise<Located> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (size === 0) throw new LoadError("empty", "The file is empty. Upload the .onnx file again.");
    const { buffer, bytesRead } = await handle.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
    if (!isTar(buffer.subarray(0, bytesRead))) return { file, bytes: await readWhole(file, size), folder: undefined };
    const { unpackModel } = await import("./unpack.ts");
    await unpackModel(file, folder);
    const unpacked = path.join(folder, MODEL_FILE);
    return { file: unpacked, bytes: await readWhole(unpacked, 0), folder };
  } finally {
    await handle.close();
  }
}

async function readWhole(file: string, size: number): Promise<Uint8Array> {
  if (size <= FILE_BYTES_MAX) return readFile(file);
  throw new LoadError(
    "load_failed",
    "An ONNX file cannot be larger than 2 GiB. Export the weights as external data and upload a tar with model.onnx and its data files.",
  );
}

async function inspect(data: InspectData, onRunning: () => void): Promise<Inspection> {
  const located = await locate(data);
  if (located.bytes.byteLength === 0) throw new LoadError("empty", `${MODEL_FILE} in the archive is empty.`);
  const model = readModel(located.bytes);
  assertExternalDataInside(model, located.folder);
  const loaded = await loadModel(located.file);
  onRunning();
  const { signature, freeSize, failure } = await warmUp(loaded);
  if (failure !== undefined) {
    throw new LoadError(
      /allocate/i.test(failure) ? "out_of_memory" : "run_failed",
      `The model loads but fails on an input of zeros in its own shape: ${failure}. Run it once in Python with onnxruntime to see why.`,
    );
  }
  return { ok: true, signature, graph: graphOf(model), exampleInput: exampleRequest(signature, freeSize) };
}

function exampleRequest(signature: Signature, freeSize: number): unknown {
  const inputs = exampleInputs(signature, freeSize);
  const elements = inputs.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  return elements > EXAMPLE_ELEMENTS_MAX ? null : { inputs: inputs.map(jsonTensor) };
}

const jsonTensor = ({ name, datatype, shape, data }: TensorValue) => ({
  name,
  datatype,
  shape,
  data: JSON.parse(encodeJsonData(data, datatype)) as unknown,
});

async function main() {
  const port = parentPort;
  if (port === null) throw new Error("inspect-thread runs as a worker thread");
  const report = (message: InspectReport) => port.postMessage(message);
  try {
    const inspection = await inspect(workerData as InspectData, () => report({ stage: "running" }));
    report({ stage: "done", inspection });
  } catch (error) {
    const code = error instanceof LoadError ? error.code : "load_failed";
    const failure = error instanceof Error ? error.message : String(error);
    report({ stage: "done", inspection: { ok: false, code, failure } });
  }
}

await main();
