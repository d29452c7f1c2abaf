import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { childProcessInspector } from "./child-process.ts";

test("the program that inspects gets the configured limits as its own, and nothing of our environment", async () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-inspector-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = join(folder, "program.mjs");
  writeFileSync(
    program,
    `const { INSPECT_MEMORY_MB: memory, INSPECT_TIMEOUT_MS: deadline, ...rest } = process.env;
     const failure = [memory, deadline, ...Object.keys(rest).sort()].join(" ");
     console.log(JSON.stringify({ ok: false, code: "load_failed", failure }));`,
  );
  const inspector = childProcessInspector({ program, deadlineMs: 20_000, rssBytesMax: 6 * 2 ** 30 });
  const inspection = await inspector.inspect(folder, AbortSignal.timeout(20_000));
  expect(inspection).toEqual({ ok: false, code: "load_failed", failure: "6144 20000 NODE_ENV PATH TMPDIR" });
});
