import { parentPort, workerData } from "node:worker_threads";
import { keepCompiled } from "./keep-compiled.ts";
import { decodeInferRequest } from "./protocol/request.ts";
import { encodeInferResponse } from "./protocol/response.ts";
import { rehearseProtocol } from "./rehearse-protocol.ts";
import { RequestError } from "./request-error.ts";
import { InferenceError, LoadError } from "./runtime-errors.ts";
import { type LoadedModel, loadModel } from "./session.ts";
import { type Answered, END, epochMs, type Job, type ThreadData, type ThreadReport } from "./thread-messages.ts";
import { type WarmUp, warmUp } from "./warm-up.ts";

type Names = Pick<ThreadData, "modelName" | "modelVersion">;

const encoder = new TextEncoder();
const JSON_TYPE = "application/json";

async function answer(model: LoadedModel, names: Names, { job, body, headerLength }: Job): Promise<Answered> {
  const beganAtMs = epochMs();
  let runMs: number | undefined;
  try {
    const request = decodeInferRequest(body, headerLength, model.signature);
    const began = performance.now();
    const values = await model.infer(
      request.inputs,
      request.outputs.map(({ name }) => name),
    );
    runMs = performance.now() - began;
    const outputs = values.map((value, index) => ({ ...value, binary: request.outputs[index]?.binary ?? false }));
    const encoded = encodeInferResponse({ ...names, id: request.id, outputs });
    const contentType = encoded.headerLength === undefined ? JSON_TYPE : "application/octet-stream";
    return { job, status: 200, contentType, ...encoded, beganAtMs, runMs, rows: request.inputs[0]?.shape[0] ?? 1 };
  } catch (error) {
    return { job, ...failureOf(error), contentType: JSON_TYPE, headerLength: undefined, beganAtMs, runMs, rows: 0 };
  }
}

function failureOf(error: unknown): { status: number; body: Uint8Array } {
  const known = error instanceof RequestError || error instanceof InferenceError;
  const status = error instanceof RequestError ? error.status : 500;
  const code =
    error instanceof RequestError ? error.code : error instanceof InferenceError ? "inference_failed" : "internal";
  const message = known
    ? error.message
    : `the model server failed: ${error instanceof Error ? error.message : String(error)}`;
  return { status, body: encoder.encode(JSON.stringify({ error: message, code })) };
}

function rehearse({ signature, freeSize }: WarmUp): void {
  try {
    rehearseProtocol(signature, freeSize);
  } catch {
    // This thread serves already: nothing that only saves time may end it.
  }
  keepCompiled();
}

async function main() {
  const port = parentPort;
  if (port === null) throw new Error("inference-thread runs as a worker thread");
  const report = (message: ThreadReport) => port.postMessage(message);
  const { file, modelName, modelVersion } = workerData as ThreadData;
  try {
    const loaded = await loadModel(file);
    report({ kind: "loaded" });
    const warm = await warmUp(loaded);
    const model = { ...loaded, signature: warm.signature };
    const give = (answered: Answered) =>
      port.postMessage({ kind: "answered", ...answered } satisfies ThreadReport, [answered.body.buffer as ArrayBuffer]);
    port.on("message", (job: Job | typeof END) => {
      if (job === END) process.exit();
      void answer(model, { modelName, modelVersion }, job).then(give);
    });
    report({ kind: "ready", ...warm });
    rehearse(warm);
  } catch (error) {
    const code = error instanceof LoadError ? error.code : "load_failed";
    report({ kind: "failed", code, failure: error instanceof Error ? error.message : String(error) });
  }
}

await main();
