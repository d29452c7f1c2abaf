import { createHash, type Hash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DomainError } from "#domain/shared/errors.ts";
import type { ArtifactFolder, ReceiveLimits } from "#server/ports/artifacts.ts";
import { partName, sweepParts } from "./parts.ts";

/** Blocks of this size stay in a processor's cache from the network to the disk; of 1 MiB each took four times the time. */
const BLOCK_BYTES = 1 << 18;
const WORTH_GIVING_BACK_BYTES = 1 << 13;
/** Kept free: the database may live on the same disk, and stops where it finds no room. */
const RESERVE = { bytesMax: 1 << 28, share: 0.05 } as const;
export const LOOK_EVERY_BYTES = 1 << 24;
export const QUIET_MS_MAX = 120_000;

/** `<dir>/sha256/<hex>` are whole files, `<dir>/incoming/` those still arriving; both on one file system. */
export function artifactFolder(dir: string): ArtifactFolder {
  const incoming = join(dir, "incoming");
  const pathOf = (hex: string) => join(dir, "sha256", hex);
  return {
    async receive(body, limits) {
      const part = join(incoming, partName(randomUUID()));
      try {
        if (limits.sizeBytes !== undefined && limits.sizeBytes > limits.bytesMax) throw tooLarge(limits.bytesMax);
        await mkdir(incoming, { recursive: true });
        await mkdir(join(dir, "sha256"), { recursive: true });
        const { hash, sizeBytes } = await writePart(part, body, limits);
        const sha256 = checked(hash, sizeBytes, limits);
        const hex = sha256.toString("hex");
        await rename(part, pathOf(hex));
        await syncFolder(join(dir, "sha256"));
        return { digest: `sha256:${hex}`, sizeBytes };
      } catch (error) {
        // What cannot be removed now is swept later; why the upload failed is what must be told.
        await rm(part, { force: true }).catch(() => undefined);
        // Nobody reads what was refused before its first byte; where somebody did, that reader has ended it.
        await body.cancel(error).catch(() => undefined);
        throw asStorageError(error);
      }
    },

    async find(digest) {
      const path = pathOf(digest.replace(/^sha256:/, ""));
      const found = await stat(path).catch((error: unknown) => {
        if (codeOf(error) === "ENOENT") return null;
        throw asStorageError(error);
      });
      return found?.isFile() ? { path, sizeBytes: found.size } : null;
    },

    // It is made by the first upload.
    space: () => spaceOf(dir).catch(() => spaceOf(dirname(dir))),

    sweep: () => sweepParts(incoming),
  };
}

async function spaceOf(dir: string) {
  const there = await statfs(dir);
  return { freeBytes: there.bavail * there.bsize, totalBytes: there.blocks * there.bsize };
}

/** Throws `storage_full` where that many bytes more would leave too little. */
export async function requireRoom(dir: string, bytes: number): Promise<void> {
  const { freeBytes, totalBytes } = await spaceOf(dir);
  if (freeBytes - bytes < Math.min(RESERVE.bytesMax, totalBytes * RESERVE.share)) throw full();
}

/** Memory does not grow with the file: while one block is written, the next is received and hashed. */
async function writePart(path: string, body: ReadableStream<Uint8Array>, limits: ReceiveLimits) {
  const hash = createHash("sha256");
  const file = await open(path, "wx", 0o640);
  let sizeBytes = 0;
  let written = Promise.resolve();
  try {
    for await (const block of blocksOf(body, limits.signal)) {
      const position = sizeBytes;
      sizeBytes += block.byteLength;
      if (sizeBytes > limits.bytesMax) throw tooLarge(limits.bytesMax);
      if (position % LOOK_EVERY_BYTES === 0)
        await requireRoom(dirname(path), (limits.sizeBytes ?? sizeBytes) - position);
      hash.update(block);
      await written;
      written = writeAll(file, block, position);
      // Told of at the next block.
      written.catch(() => undefined);
    }
    await written;
    await file.sync();
  } finally {
    await file.close();
  }
  return { hash, sizeBytes };
}

/**
 * Joins the network's small chunks into larger blocks. It is two pieces of memory that are filled in turn: a fresh one
 * each time would outgrow the file before the garbage is collected. A block is good until the next but one is asked for.
 */
async function* blocksOf(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  let other = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  let filled = 0;
  const reader = body.getReader();
  const stop = () => void reader.cancel(signal.reason).catch(() => undefined);
  let isQuiet = false;
  const quiet = setTimeout(() => {
    isQuiet = true;
    stop();
  }, QUIET_MS_MAX);
  signal.addEventListener("abort", stop, { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new DomainError("invalid", "The upload broke off before its end.", { cause });
      });
      if (signal.aborted || isQuiet) throw new DomainError("invalid", "The upload broke off before its end.");
      if (done) break;
      quiet.refresh();
      for (let at = 0; at < value.byteLength; ) {
        const part = value.subarray(at, at + BLOCK_BYTES - filled);
        block.set(part, filled);
        at += part.byteLength;
        filled += part.byteLength;
        if (filled < BLOCK_BYTES) continue;
        yield block;
        [block, other] = [other, block];
        filled = 0;
      }
      giveBack(value);
    }
    if (filled > 0) yield block.subarray(0, filled);
  } finally {
    clearTimeout(quiet);
    signal.removeEventListener("abort", stop);
    stop();
  }
}

/** What was received is garbage at once, but the collector runs only now and then: 1 GiB would leave 50 MB of it lying. */
function giveBack(chunk: Uint8Array): void {
  const { buffer, byteLength } = chunk;
  if (byteLength < WORTH_GIVING_BACK_BYTES || buffer.byteLength !== byteLength) return;
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

async function writeAll(file: FileHandle, block: Uint8Array, position: number) {
  for (let at = 0; at < block.byteLength; )
    at += (await file.write(block, at, block.byteLength - at, position + at)).bytesWritten;
}

/** The digest, once nothing speaks against the bytes. */
function checked(hash: Hash, sizeBytes: number, limits: ReceiveLimits): Buffer {
  if (sizeBytes === 0) throw new DomainError("invalid", "The file is empty.");
  if (limits.sizeBytes !== undefined && limits.sizeBytes !== sizeBytes)
    throw new DomainError("invalid", `The upload broke off: ${sizeBytes} of ${limits.sizeBytes} bytes arrived.`);
  const digest = hash.digest();
  if (limits.sha256 !== undefined && !digest.equals(limits.sha256)) {
    const message = `The bytes that arrived have the digest sha256:${digest.toString("hex")}, not the announced one.`;
    throw new DomainError("digest_mismatch", message);
  }
  return digest;
}

/** A rename is on disk only when its folder is. */
async function syncFolder(path: string) {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const tooLarge = (bytesMax: number) =>
  new DomainError("payload_too_large", `A file may have ${bytesMax} bytes at most.`, { detail: { bytesMax } });

const full = (cause?: unknown) =>
  new DomainError("storage_full", "There is no space left for this file; nothing of it was kept.", { cause });

const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
/** Passing, or to be mended by whoever runs this machine; never the sender's fault. */
const OUT_OF_ORDER = new Set([
  "EMFILE",
  "ENFILE",
  "ENOENT",
  "ENOTDIR",
  "EEXIST",
  "EACCES",
  "EPERM",
  "EROFS",
  "EIO",
  "ENODEV",
]);

const codeOf = (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : "");

/** What a failing disk means to whoever sends a file. */
export function asStorageError(error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof DomainError) return error;
  if (FULL.has(code)) return full(error);
  if (OUT_OF_ORDER.has(code)) {
    const message = `The artifact folder cannot be used now (${code}); nothing was kept.`;
    return new DomainError("unavailable", message, { cause: error });
  }
  return error;
}
