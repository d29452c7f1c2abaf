import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import type { IncomingMessage } from "node:http";

/** `final`: trying again would end the same. */
export class FetchError extends Error {
  override readonly name = "FetchError";
  readonly code: string;
  readonly final: boolean;
  constructor(code: string, message: string, final: boolean) {
    super(message);
    this.code = code;
    this.final = final;
  }
}

/** A store that is silent for so long has gone. */
const IDLE_MS = 30_000;

/** Streams `url` into `file` and verifies its digest on the way. Returns the size in bytes. Throws FetchError. */
export async function download(url: URL, token: string, hex: string, file: string): Promise<number> {
  const response = await request(url, token);
  if (response.statusCode !== 200) {
    response.destroy();
    throw statusError(response.statusCode ?? 0, hex);
  }
  const { bytes, found } = await receive(response, file);
  if (found === hex) return bytes;
  const message = `the artifact store answered ${bytes} bytes whose digest is sha256:${found} instead of sha256:${hex}`;
  throw new FetchError("digest_mismatch", message, true);
}

function request(url: URL, token: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  // An import would evaluate every export of the module, one of which loads a WebSocket client: half of this program's start.
  const { get } = process.getBuiltinModule(url.protocol === "https:" ? "node:https" : "node:http");
  const headers = { authorization: `Bearer ${token}` };
  const call = get(url, { agent: false, headers, timeout: IDLE_MS }, resolve);
  call.on("timeout", () => call.destroy(new Error(`no byte for ${IDLE_MS / 1_000} s`)));
  call.on("error", (error) => reject(new FetchError("store_unreachable", `${url.host}: ${error.message}`, false)));
  return promise;
}

/** Written as it comes, one piece at a time: this program has nothing else to do meanwhile. */
function receive(response: IncomingMessage, file: string): Promise<{ bytes: number; found: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ bytes: number; found: string }>();
  const hash = createHash("sha256");
  const descriptor = openSync(file, "w", 0o600);
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    try {
      hash.update(chunk);
      for (let offset = 0; offset < chunk.byteLength; ) offset += writeSync(descriptor, chunk, offset);
      bytes += chunk.byteLength;
    } catch (error) {
      response.destroy(error as Error);
    }
  });
  response.on("error", (error) => reject(transferError(error)));
  response.on("end", () => resolve({ bytes, found: hash.digest("hex") }));
  return promise.finally(() => closeSync(descriptor));
}

function statusError(status: number, hex: string): FetchError {
  if (status === 404) return new FetchError("artifact_missing", `the artifact store does not have sha256:${hex}`, true);
  if (status === 401 || status === 403) {
    return new FetchError("token_refused", "the artifact store refuses ARTIFACT_TOKEN", true);
  }
  return new FetchError("store_failed", `the artifact store answered ${status}`, status < 500 && status !== 429);
}

function transferError(error: unknown): FetchError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new FetchError("storage_full", "the pod's volume is too small for the artifact", true);
  }
  return new FetchError("transfer_broken", `the transfer broke off: ${message}`, false);
}
