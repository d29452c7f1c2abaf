import { createReadStream } from "node:fs";
import { request } from "node:http";
import type { ArtifactPlane, ArtifactStore } from "#server/ports/artifact-plane.ts";

const QUIET_MS_MAX = 30_000;

/** Speaks to the artifact store's pod (docs/architecture.md, "Artifact store surface"). */
export const artifactPlane: ArtifactPlane = {
  async has(store, digest) {
    const status = await send(store, "HEAD", digest);
    if (status === 200) return true;
    if (status === 404) return false;
    throw new Error(`the artifact store answered ${status} when asked for ${digest}`);
  },
  async put(store, digest, file) {
    const status = await send(store, "PUT", digest, file);
    if (status < 200 || status > 299) throw new Error(`the artifact store answered ${status} to ${digest}`);
  },
};

function send(
  { baseUrl, writeToken }: ArtifactStore,
  method: "HEAD" | "PUT",
  digest: string,
  file?: { path: string; sizeBytes: number },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(`/sha256/${digest.replace(/^sha256:/, "")}`, baseUrl), {
      method,
      // Silence, not duration: a large file takes as long as it takes.
      timeout: QUIET_MS_MAX,
      headers: {
        authorization: `Bearer ${writeToken}`,
        ...(file === undefined ? {} : { "content-length": file.sizeBytes, "content-type": "application/octet-stream" }),
      },
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error(`silent for ${QUIET_MS_MAX} ms`)));
    outgoing.on("error", (cause) => reject(new Error(`the artifact store at ${baseUrl}: ${cause.message}`, { cause })));
    outgoing.on("response", (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
      answer.on("error", reject);
    });
    if (file === undefined) outgoing.end();
    else {
      const bytes = createReadStream(file.path, { highWaterMark: 1 << 20 });
      bytes.on("error", (cause) => outgoing.destroy(cause));
      bytes.pipe(outgoing);
    }
  });
}
