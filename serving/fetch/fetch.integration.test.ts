import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from "vitest";
import { hexOf, READ_TOKEN, startArtifactStore } from "#test/support/artifact-store.ts";
import { startProgram } from "#test/support/program.ts";

let folder: string;
let target: string;
let store: Awaited<ReturnType<typeof startArtifactStore>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "slipway-fetch-"));
  store = await startArtifactStore(join(folder, "store"));
});
afterAll(async () => {
  await store.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  target = mkdtempSync(join(folder, "target-"));
});

/** Runs fetch to its end; gives its exit code and its log lines. */
async function fetched(hex: string, more: Record<string, string> = {}) {
  const env = {
    ARTIFACT_BASE_URL: store.url,
    ARTIFACT_DIGEST: `sha256:${hex}`,
    ARTIFACT_TOKEN: READ_TOKEN,
    TARGET_DIR: target,
  };
  const program = startProgram("serving/fetch/main.ts", { ...env, ...more });
  const { code } = await program.ended;
  return { code, last: program.lines.at(-1), lines: program.lines };
}

/** A store that answers as told, call by call. */
async function answering(...answers: ((response: ServerResponse) => void)[]): Promise<string> {
  const server: Server = createServer((_request, response) => answers.shift()?.(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it("An artifact arrives as model.onnx, alone", async () => {
  const bytes = randomBytes(500_000);
  await store.put(bytes);
  expect(await fetched(hexOf(bytes))).toMatchObject({ code: 0, last: { msg: "artifact fetched", bytes: 500_000 } });
  expect(readdirSync(target)).toEqual(["model.onnx"]);
  expect(readFileSync(join(target, "model.onnx"))).toEqual(bytes);
});

function tarOf(fill: (source: string) => void): Buffer {
  const source = mkdtempSync(join(folder, "source-"));
  fill(source);
  return execFileSync("tar", ["-c", "-C", source, "."], { maxBuffer: 1 << 26 });
}

it("An archive arrives unpacked, also over what an earlier attempt left", async () => {
  const archive = tarOf((source) => {
    writeFileSync(join(source, "model.onnx"), "model", { mode: 0 });
    mkdirSync(join(source, "data"));
    writeFileSync(join(source, "data/weights"), "weights");
  });
  await store.put(archive);
  mkdirSync(join(target, "data/old"), { recursive: true });
  mkdirSync(join(target, ".unpacking"));
  for (let round = 0; round < 2; round += 1) expect(await fetched(hexOf(archive))).toMatchObject({ code: 0 });
  expect(readdirSync(target, { recursive: true }).sort()).toEqual(["data", "data/weights", "model.onnx"]);
  expect(readFileSync(join(target, "model.onnx"), "utf8")).toBe("model");
});

it("An archive with a link is refused and nothing of it is unpacked", async () => {
  const archive = tarOf((source) => {
    writeFileSync(join(source, "model.onnx"), "model");
    symlinkSync("/etc/passwd", join(source, "weights"));
  });
  await store.put(archive);
  expect(await fetched(hexOf(archive))).toMatchObject({ code: 1, last: { level: "error", code: "archive_unsafe" } });
  expect(readdirSync(target)).not.toContain("model.onnx");
});

it.each([
  ["a missing artifact", {}, "artifact_missing"],
  ["a refused token", { ARTIFACT_TOKEN: "wrong" }, "token_refused"],
])("%s ends it at once with a last line that says so", async (_kind, more, code) => {
  const { code: exit, lines } = await fetched(hexOf(randomBytes(4)), more);
  expect(exit).toBe(1);
  expect(lines).toMatchObject([{ level: "error", code, reason: expect.any(String) }]);
});

it("Bytes that are not the artifact's never become model.onnx", async () => {
  const base = await answering((response) => response.end("something else"));
  expect(await fetched(hexOf(randomBytes(4)), { ARTIFACT_BASE_URL: base })).toMatchObject({
    code: 1,
    last: { code: "digest_mismatch" },
  });
  expect(readdirSync(target)).not.toContain("model.onnx");
});

it("A store that fails, breaks off or is not there yet is tried again", async () => {
  const bytes = Buffer.from("the artifact");
  const base = await answering(
    (response) => response.writeHead(503).end(),
    (response) => response.destroy(),
    (response) => {
      response.writeHead(200, { "content-length": bytes.byteLength });
      response.write("the art", () => response.destroy());
    },
    (response) => response.end(bytes),
  );
  const { code, lines } = await fetched(hexOf(bytes), { ARTIFACT_BASE_URL: base });
  expect(code).toBe(0);
  expect(lines.map((line) => line.code ?? line.msg)).toEqual([
    "store_failed",
    "store_unreachable",
    "transfer_broken",
    "artifact fetched",
  ]);
  expect(readFileSync(join(target, "model.onnx"))).toEqual(bytes);
});

it("A variable that is missing or makes no sense is named", async () => {
  const { code, last } = await fetched("xyz");
  expect(code).toBe(1);
  expect(last).toMatchObject({ reason: expect.stringContaining("ARTIFACT_DIGEST") });
});
