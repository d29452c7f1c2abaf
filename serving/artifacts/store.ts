import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm, stat, statfs } from "node:fs/promises";
import path from "node:path";

export class DigestMismatch extends Error {
  override readonly name = "DigestMismatch";
}
/** The volume cannot hold the artifact. */
export class StorageFull extends Error {
  override readonly name = "StorageFull";
}

export type ArtifactStore = Awaited<ReturnType<typeof openStore>>;

/**
 * Artifacts by SHA-256 in `<folder>/sha256/<hex>`. What stands there is whole, verified and on disk; uploads under way
 * are in `<folder>/partial`, which is emptied here because nothing can continue them.
 * `hex` is 64 hexadecimal digits: the caller has checked it.
 */
export async function openStore(folder: string) {
  const whole = path.join(folder, "sha256");
  const partial = path.join(folder, "partial");
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await mkdir(whole, { recursive: true });

  return {
    /** Size in bytes; undefined when it is not here. */
    async size(hex: string): Promise<number | undefined> {
      const found = await stat(path.join(whole, hex)).catch(absent);
      return found?.size;
    },
    read: (hex: string): Promise<FileHandle> => open(path.join(whole, hex)),
    /**
     * Throws DigestMismatch, StorageFull, or whatever `chunks` throws; then nothing is left behind. Uploads of the same
     * digest may run at once: they end in the same bytes.
     */
    async write(hex: string, chunks: AsyncIterable<Uint8Array>, declaredBytes: number | undefined): Promise<number> {
      if (declaredBytes !== undefined && declaredBytes > (await freeBytes(folder))) throw new StorageFull();
      const temporary = path.join(partial, `${hex}.${randomUUID()}`);
      try {
        const bytes = await writeVerified(temporary, hex, chunks);
        await rename(temporary, path.join(whole, hex));
        await syncFolder(whole);
        return bytes;
      } catch (error) {
        await rm(temporary, { force: true });
        throw isFull(error) ? new StorageFull() : error;
      }
    },
  };
}

async function writeVerified(file: string, hex: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  const handle = await open(file, "wx", 0o600);
  try {
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of chunks) {
      hash.update(chunk);
      await writeAll(handle, chunk);
      bytes += chunk.byteLength;
    }
    const found = hash.digest("hex");
    if (found !== hex) throw new DigestMismatch(`the body's digest is sha256:${found}`);
    await handle.sync();
    return bytes;
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.byteLength; ) {
    offset += (await handle.write(chunk, offset)).bytesWritten;
  }
}

/** Without it, a power cut may lose the new name though the bytes are safe. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException | undefined)?.code;
const isFull = (error: unknown) => codeOf(error) === "ENOSPC" || codeOf(error) === "EDQUOT";

function absent(error: unknown): undefined {
  if (codeOf(error) === "ENOENT") return undefined;
  throw error;
}
