/** The artifact store as a process on a folder of its own. */
import { createHash } from "node:crypto";
import { startProgram } from "./program.ts";

export const READ_TOKEN = "read-token";
export const WRITE_TOKEN = "write-token";

export const hexOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

export async function startArtifactStore(folder: string) {
  const program = startProgram("serving/artifacts/main.ts", { ARTIFACTS_DIR: folder, READ_TOKEN, WRITE_TOKEN });
  const url = await program.url();
  const call = (method: string, path: string, token: string, more: RequestInit = {}) =>
    fetch(`${url}${path}`, { method, ...more, headers: { authorization: `Bearer ${token}`, ...more.headers } });
  return {
    ...program,
    url,
    call,
    put: (bytes: Uint8Array, hex = hexOf(bytes)) =>
      call("PUT", `/sha256/${hex}`, WRITE_TOKEN, { body: Buffer.from(bytes) }),
  };
}
