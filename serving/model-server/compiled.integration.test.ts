import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { aLinearModel } from "#test/factories/onnx.ts";
import { startModelServer } from "#test/support/model-server.ts";

it("A pod leaves to the next one what it compiled before anybody asked it, as it may be killed any time", async () => {
  const cache = mkdtempSync(join(tmpdir(), "slipway-compiled-"));
  onTestFinished(() => rmSync(cache, { recursive: true }));
  const kept = () => readdirSync(cache, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const server = await startModelServer(aLinearModel(), { NODE_COMPILE_CACHE: cache });
  onTestFinished(async () => void (await server.stop("SIGKILL")));
  await expect.poll(() => kept().length).toBeGreaterThan(0);
});
