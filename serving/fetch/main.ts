// Init container: puts a version's artifact into the pod, verified. Exit 0 and TARGET_DIR/model.onnx is whole, or exit 1
// and the last line of stdout says why (Kubernetes shows it with terminationMessagePolicy: FallbackToLogsOnError).
import { chmod, open, rename } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isTar, MODEL_FILE } from "#domain/version/archive.ts";
import { type Config, loadConfig } from "./config.ts";
import { download, FetchError } from "./download.ts";

const ATTEMPTS = 8;
const DELAY_MS = 100;
const DELAY_MS_MAX = 5_000;
const HEAD_BYTES = 512;

// Whoever reads our output may die before us.
process.stdout.on("error", () => {});

const log = (level: "info" | "warn" | "error", msg: string, fields: Readonly<Record<string, unknown>>) =>
  process.stdout.write(`${JSON.stringify({ level, time: new Date().toISOString(), msg, ...fields })}\n`);

async function main() {
  const began = performance.now();
  const config = loadConfig(process.env);
  const partial = path.join(config.targetDir, ".artifact.partial");
  const bytes = await downloadPatiently(config, partial);
  if (await beginsLikeTar(partial)) {
    const { unpack } = await import("./unpack.ts");
    await unpack(partial, config.targetDir);
  } else {
    await chmod(partial, 0o644);
    await rename(partial, path.join(config.targetDir, MODEL_FILE));
  }
  log("info", "artifact fetched", { digest: `sha256:${config.hex}`, bytes, ms: Math.round(performance.now() - began) });
}

async function downloadPatiently({ url, token, hex }: Config, partial: string): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await download(url, token, hex, partial);
    } catch (error) {
      if (!(error instanceof FetchError) || error.final || attempt === ATTEMPTS) throw error;
      const delayMs = Math.min(DELAY_MS * 2 ** (attempt - 1), DELAY_MS_MAX) * (0.75 + Math.random() / 2);
      log("warn", "trying again", { code: error.code, reason: error.message, delayMs: Math.round(delayMs) });
      await sleep(delayMs);
    }
  }
}

async function beginsLikeTar(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return isTar(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

try {
  await main();
} catch (error) {
  const code = error instanceof FetchError ? error.code : "internal";
  log("error", "the artifact could not be fetched", {
    code,
    reason: error instanceof Error ? error.message : String(error),
  });
  process.exitCode = 1;
}
