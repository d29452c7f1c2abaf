/** The model server as a process, serving a file made in code. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startProgram } from "./program.ts";

export type JsonTensor = { name: string; datatype: string; shape: number[]; data: unknown[] };

/** `files` are written beside model.onnx. The server is ready when this resolves. */
export async function startModelServer(
  model: Uint8Array,
  env: Record<string, string> = {},
  files: Record<string, Uint8Array> = {},
) {
  const folder = mkdtempSync(join(tmpdir(), "slipway-model-"));
  for (const [name, bytes] of Object.entries({ "model.onnx": model, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  const program = startProgram("serving/model-server/main.ts", {
    MODEL_NAME: "sample",
    MODEL_VERSION: "3",
    MODEL_DIR: folder,
    WORKERS: "1",
    ...env,
  });
  void program.ended.then(() => rmSync(folder, { recursive: true, force: true }));
  const url = await program.url();
  await program.logged("inference thread ready");

  const post = (body: BodyInit, headers: Record<string, string> = {}, path = "/v2/models/sample/infer") =>
    fetch(`${url}${path}`, { method: "POST", body, headers, duplex: "half" } as RequestInit);
  return {
    ...program,
    url,
    post,
    infer: (inputs: JsonTensor[], more: Record<string, unknown> = {}) => post(JSON.stringify({ inputs, ...more })),
  };
}
