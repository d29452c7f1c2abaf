import { execFile, execFileSync, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { artifactFolder } from "./folder.ts";
import { partName } from "./parts.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "slipway-artifacts-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const limits = { bytesMax: 64 << 20, sizeBytes: undefined, sha256: undefined, signal: new AbortController().signal };
const bodyOf = (...chunks: Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = chunks.shift();
      if (next === undefined) controller.close();
      else controller.enqueue(next);
    },
  });
const hex = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const everyFile = async (folder = dir) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((e) => e.name);

test("bytes in chunks of any size come out whole, under their digest", async () => {
  const chunks = Array.from({ length: 40 }, (_, index) => randomBytes(index * 7_919));
  const whole = Buffer.concat(chunks);
  const stored = await artifactFolder(dir).receive(bodyOf(...chunks), limits);
  expect(stored).toEqual({ digest: `sha256:${hex(whole)}`, sizeBytes: whole.length });
  const found = await artifactFolder(dir).find(stored.digest);
  expect(hex(await readFile(found?.path ?? ""))).toBe(hex(whole));
  expect(await everyFile()).toEqual([hex(whole)]);
});

const failing = (error: Error) =>
  new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(randomBytes(1 << 20));
      controller.error(error);
    },
  });

test.each([
  ["nothing at all", () => bodyOf(), {}, "invalid"],
  ["more than the limit", () => bodyOf(randomBytes(2_000)), { bytesMax: 1_000 }, "payload_too_large"],
  [
    "more announced than the limit",
    () => bodyOf(randomBytes(10)),
    { bytesMax: 1_000, sizeBytes: 2_000 },
    "payload_too_large",
  ],
  ["another digest than announced", () => bodyOf(randomBytes(10)), { sha256: randomBytes(32) }, "digest_mismatch"],
  ["less than announced", () => bodyOf(randomBytes(10)), { sizeBytes: 20 }, "invalid"],
  ["a connection that breaks", () => failing(new Error("reset")), {}, "invalid"],
])("%s is refused and leaves no file", async (_, body, more, code) => {
  await expect(artifactFolder(dir).receive(body(), { ...limits, ...more })).rejects.toMatchObject({ code });
  expect(await everyFile()).toEqual([]);
});

test("a caller that goes away leaves no file", async () => {
  const abort = new AbortController();
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(randomBytes(1 << 16));
      setImmediate(() => abort.abort());
    },
  });
  const receiving = artifactFolder(dir).receive(endless, { ...limits, signal: abort.signal });
  await expect(receiving).rejects.toMatchObject({ code: "invalid" });
  expect(await everyFile()).toEqual([]);
});

test("a full disk is storage_full, nothing is left, and the next smaller upload succeeds", async () => {
  const disk = join(dir, "disk");
  await mkdir(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk]);
  try {
    const folder = artifactFolder(disk);
    const chunks = Array.from({ length: 8 }, () => randomBytes(1 << 20));
    await expect(folder.receive(bodyOf(...chunks), limits)).rejects.toMatchObject({ code: "storage_full" });
    expect(await everyFile(disk)).toEqual([]);
    expect((await folder.receive(bodyOf(randomBytes(1 << 20)), limits)).sizeBytes).toBe(1 << 20);
  } finally {
    execFileSync("umount", [disk]);
  }
});

test("what would leave the disk's other users no room is refused, announced or not, and the rest of it not asked for", async () => {
  const disk = join(dir, "disk");
  await mkdir(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=33m", "tmpfs", disk]);
  try {
    const folder = artifactFolder(disk);
    for (const [sizeBytes, takenBytesMax] of [
      [32 << 20, 1 << 20],
      [undefined, 32.5 * (1 << 20)],
    ] as const) {
      let takenBytes = 0;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          controller.enqueue(new Uint8Array(1 << 16));
          takenBytes += 1 << 16;
        },
      });
      await expect(folder.receive(body, { ...limits, sizeBytes })).rejects.toMatchObject({ code: "storage_full" });
      expect(takenBytes).toBeLessThan(takenBytesMax);
      expect(await everyFile(disk)).toEqual([]);
    }
  } finally {
    execFileSync("umount", [disk]);
  }
});

test("a sender that says nothing for two minutes is not waited for", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const silence = Promise.withResolvers<void>();
    let pulls = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulls += 1;
          if (pulls === 1) controller.enqueue(randomBytes(1 << 16));
          else silence.resolve();
        },
      },
      { highWaterMark: 0 },
    );
    const refused = expect(artifactFolder(dir).receive(body, limits)).rejects.toMatchObject({ code: "invalid" });
    await silence.promise;
    vi.advanceTimersByTime(120_000);
    await refused;
    expect(await everyFile()).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});

test("a folder that cannot be used is said to be unavailable, and serves again once it can", async () => {
  const folder = artifactFolder(dir);
  await writeFile(join(dir, "incoming"), "in the way");
  const refused = folder.receive(bodyOf(randomBytes(10)), limits);
  await expect(refused).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringMatching(/EEXIST|ENOTDIR/),
  });
  await rm(join(dir, "incoming"));
  await folder.receive(bodyOf(randomBytes(10)), limits);
});

test("a folder that vanishes under an upload is unavailable, and the next upload makes it anew", async () => {
  const folder = artifactFolder(dir);
  const vanishing = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await rm(dir, { recursive: true, force: true });
        controller.enqueue(randomBytes(10));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  await expect(folder.receive(vanishing, limits)).rejects.toMatchObject({ code: "unavailable" });
  const { digest } = await folder.receive(bodyOf(randomBytes(10)), limits);
  expect(await folder.find(digest)).toMatchObject({ sizeBytes: 10 });
});

test("a process without a file descriptor left says unavailable and leaves nothing half", async () => {
  const { digest } = await artifactFolder(dir).receive(bodyOf(randomBytes(10)), limits);
  const program = `
    import { openSync } from "node:fs";
    import { artifactFolder } from ${JSON.stringify(join(import.meta.dirname, "folder.ts"))};
    const folder = artifactFolder(${JSON.stringify(dir)});
    const limits = { bytesMax: 100, sizeBytes: undefined, sha256: undefined, signal: new AbortController().signal };
    const receive = () => folder.receive(new Blob(["x"]).stream(), limits).catch((error) => error);
    await receive();
    try { for (;;) openSync("/dev/null"); } catch {}
    const refused = await receive();
    console.log(refused.code, refused.message);
  `;
  const { stdout } = await promisify(execFile)("sh", [
    "-c",
    'ulimit -n 64; exec "$0" --input-type=module -e "$1"',
    process.execPath,
    program,
  ]);
  expect(stdout).toMatch(/^unavailable .*EMFILE/);
  expect((await everyFile()).sort()).toEqual([digest.slice(7), hex(Buffer.from("x"))].sort());
});

test("what a killed process was writing is swept, what a living one writes is not", async () => {
  const incoming = join(dir, "incoming");
  await mkdir(incoming);
  const child = spawn("sleep", ["60"]);
  const started = (await readFile(`/proc/${child.pid}/stat`, "utf8")).split(" ")[21];
  const ours = partName("alive").split("~");
  const theirs = [ours[0], child.pid, started, "theirs"].join("~");
  await writeFile(join(incoming, ours.join("~")), "x");
  await writeFile(join(incoming, theirs), "x");
  expect(await artifactFolder(dir).sweep()).toBe(0);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(await artifactFolder(dir).sweep()).toBe(1);
  expect(await everyFile()).toEqual([ours.join("~")]);
});
