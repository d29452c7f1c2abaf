// Init container: puts a version's artifact into the pod, verified. Exit 0 and TARGET_DIR/model.onnx is whole, or exit 1
// and the last line of stdout says why (Kubernetes shows it with terminationMessagePolicy: FallbackToLogsOnError).
//
// Every pod waits for it before anything else of it starts: it loads little, and works with the file system in step.
import { chmodSync, closeSync, openSync, readSync, renameSync, writeSync } from "node:fs";
import path from "node:path";
import { isTar, MODEL_FILE } from "#domain/version/archive.ts";
import { type Config, loadConfig } from "./config.ts";
import { download, FetchError } from "./download.ts";

const ATTEMPTS = 8;
const DELAY_MS = 100;
const DELAY_MS_MAX = 5_000;
const HEAD_BYTES = 512;

function log(level: "info" | "warn" | "error", msg: string, fields: Readonly<Record<string, unknown>>): void {
  try {
    writeSync(1, `${JSON.stringify({ level, time: new Date().toISOString(), msg, ...fields })}\n`);
  } catch {
    // Whoever reads our output may have died before us.
  }
}

async function main() {
  const beganMs = Date.now();
  const config = loadConfig(process.env);
  const partial = path.join(config.targetDir, ".artifact.partial");
  const bytes = await downloadPatiently(config, partial);
  if (beginsLikeTar(partial)) {
    const { unpack } = await import("./unpack.ts");
    await unpack(partial, config.targetDir);
  } else {
    chmodSync(partial, 0o644);
    renameSync(partial, path.join(config.targetDir, MODEL_FILE));
  }
  log("info", "artifact fetched", { digest: `sha256:${config.hex}`, bytes, ms: Date.now() - beganMs });
}

async function downloadPatiently({ url, token, hex }: Config, partial: string): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await download(url, token, hex, partial);
    } catch (error) {
      if (!(error instanceof FetchError) || error.final || attempt === ATTEMPTS) throw error;
      const delayMs = Math.min(DELAY_MS * 2 ** (attempt - 1), DELAY_MS_MAX) * (0.75 + Math.random() / 2);
      log("warn", "trying again", { code: error.code, reason: error.message, delayMs: Math.round(delayMs) });
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
}

function beginsLikeTar(file: string): boolean {
  const descriptor = openSync(file, "r");
  try {
    const head = new Uint8Array(HEAD_BYTES);
    return isTar(head.subarray(0, readSync(descriptor, head)));
  } finally {
    closeSync(descriptor);
  }
}

try {
  await main();
  // Without taking down what only existed for this one download.
  process.exit(0);
} catch (error) {
  const code = error instanceof FetchError ? error.code : "internal";
  log("error", "the artifact could not be fetched", {
    code,
    reason: error instanceof Error ? error.message : String(error),
  });
  process.exit(1);
}
