import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DataStore, Upload } from "@tus/server";
import { DomainError } from "#domain/shared/errors.ts";
import { DIGEST_KEY, noSuchUpload, OWNER_KEY, type ResumableUploads } from "#server/ports/resumable-uploads.ts";
import { asStorageError, LOOK_EVERY_BYTES, QUIET_MS_MAX, requireRoom } from "./folder.ts";

const EXPIRES_MS = 24 * 3_600_000;
const READ_BYTES = 1 << 18;

/** `<dir>/<id>` holds the bytes so far and `<dir>/<id>.json` what is known of them: any web process can go on. */
export function resumableUploads(dir: string): ResumableUploads {
  const pieces = new PieceFolder(dir);
  return {
    pieces,
    async find(id) {
      const upload = await pieces.getUpload(id).catch((error: unknown) => {
        if (error instanceof DomainError && error.code === "not_found") return null;
        throw error;
      });
      if (upload === null) return null;
      const { size: sizeBytes = 0, offset: receivedBytes, metadata } = upload;
      return {
        ownerId: metadata?.[OWNER_KEY] ?? "",
        sizeBytes,
        receivedBytes,
        digest: metadata?.[DIGEST_KEY] ?? null,
      };
    },
    read(id) {
      const file = createReadStream(pieces.bytesOf(id), { highWaterMark: READ_BYTES });
      return Readable.toWeb(file) as ReadableStream<Uint8Array>;
    },
    async settle(id, digest) {
      const upload = await pieces.getUpload(id);
      upload.metadata = { ...upload.metadata, [DIGEST_KEY]: digest };
      await pieces.note(upload);
      await pieces.empty(id);
    },
    sweep: () => pieces.deleteExpired(),
  };
}

class PieceFolder extends DataStore {
  override extensions = ["creation", "creation-with-upload", "termination", "expiration"];
  private readonly dir: string;
  constructor(dir: string) {
    super();
    this.dir = dir;
  }

  bytesOf = (id: string): string => join(this.dir, id);
  private readonly notesOf = (id: string): string => `${this.bytesOf(id)}.json`;

  override async create(upload: Upload): Promise<Upload> {
    await storing(async () => {
      await mkdir(this.dir, { recursive: true });
      // Once in pieces, and once more as the artifact before they go.
      await requireRoom(this.dir, 2 * (upload.size ?? 0));
      // Bytes of which nothing is known are swept.
      await this.note(upload);
      await writeFile(this.bytesOf(upload.id), "", { flag: "wx", mode: 0o640 });
    });
    return upload;
  }

  note = (upload: Upload): Promise<void> => replace(this.notesOf(upload.id), JSON.stringify(upload));
  /** Another request may be reading the bytes, and goes on with those it has opened. */
  empty = (id: string): Promise<void> => replace(this.bytesOf(id), "");

  override async write(bytes: Readable, id: string, offset: number): Promise<number> {
    const file = createWriteStream(this.bytesOf(id), { flags: "r+", start: offset });
    await storing(() => pipeline(bytes, guarded(this.dir), file)).catch(async (error: unknown) => {
      // Pieces that wait for room are in the way of whoever makes some.
      if (error instanceof DomainError && error.code === "storage_full") await this.remove(id);
      // What else can end it is its sender's connection: the pieces that came are kept.
      throw error instanceof DomainError ? error : new DomainError("invalid", "The piece broke off before its end.");
    });
    return offset + file.bytesWritten;
  }

  override async getUpload(id: string): Promise<Upload> {
    const refuse = (error: NodeJS.ErrnoException) => {
      throw error.code === "ENOENT" ? noSuchUpload() : asStorageError(error);
    };
    // In this order: what is settled is noted before its bytes go.
    const bytes = await stat(this.bytesOf(id)).catch(refuse);
    const notes = await readFile(this.notesOf(id), "utf8").catch(refuse);
    const known = JSON.parse(notes) as ConstructorParameters<typeof Upload>[0];
    const isSettled = known.metadata?.[DIGEST_KEY] !== undefined;
    return new Upload({ ...known, offset: isSettled ? (known.size ?? 0) : bytes.size });
  }

  override async remove(id: string): Promise<void> {
    for (const path of [this.notesOf(id), this.bytesOf(id)]) {
      await rm(path, { force: true });
      await rm(beingWritten(path), { force: true });
    }
  }

  override getExpiration = (): number => EXPIRES_MS;

  /** By what was last written of each; what is left of half a removal goes too. */
  override async deleteExpired(): Promise<number> {
    const names = await readdir(this.dir).catch(() => []);
    const newestMs = new Map<string, number>();
    for (const name of names) {
      const id = name.replace(/\..*$/, "");
      const { mtimeMs } = await stat(join(this.dir, name)).catch(() => ({ mtimeMs: 0 }));
      newestMs.set(id, Math.max(newestMs.get(id) ?? 0, mtimeMs));
    }
    let removed = 0;
    for (const [id, atMs] of newestMs) {
      if (Date.now() - atMs < EXPIRES_MS) continue;
      await this.remove(id);
      removed += 1;
    }
    return removed;
  }
}

/** Whole or not at all: what is known of an upload outlives a killed process. */
async function replace(path: string, content: string): Promise<void> {
  await writeFile(beingWritten(path), content, { mode: 0o640 });
  await rename(beingWritten(path), path);
}

const beingWritten = (path: string): string => `${path}.new`;

/** Passes bytes on while there is room for more, and while its sender has something to say. */
function guarded(dir: string): Transform {
  let unseenBytes = LOOK_EVERY_BYTES;
  const stream = new Transform({
    transform(chunk: Buffer, _, done) {
      quiet.refresh();
      unseenBytes += chunk.length;
      if (unseenBytes < LOOK_EVERY_BYTES) return done(null, chunk);
      unseenBytes = 0;
      requireRoom(dir, LOOK_EVERY_BYTES).then(() => done(null, chunk), done);
    },
  });
  const quiet = setTimeout(
    () => stream.destroy(new DomainError("invalid", "The sender said nothing for two minutes.")),
    QUIET_MS_MAX,
  );
  stream.once("close", () => clearTimeout(quiet));
  return stream;
}

async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asStorageError(error);
  }
}
