import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DataStore, Upload } from "@tus/server";
import { DomainError } from "#domain/shared/errors.ts";
import { DIGEST_KEY, noSuchUpload, OWNER_KEY, type ResumableUploads } from "#server/ports/resumable-uploads.ts";
import { asStorageError, requireRoom } from "./folder.ts";

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
    await storing(() => pipeline(bytes, file)).catch((error: unknown) => {
      // What else can end it is its sender's connection: the pieces that came are kept.
      throw error instanceof DomainError ? error : new DomainError("invalid", "The piece broke off before its end.");
    });
    return offset + file.bytesWritten;
  }

  override async getUpload(id: string): Promise<Upload> {
    const [notes, bytes] = await Promise.all([readFile(this.notesOf(id), "utf8"), stat(this.bytesOf(id))]).catch(
      (error: NodeJS.ErrnoException) => {
        throw error.code === "ENOENT" ? noSuchUpload() : asStorageError(error);
      },
    );
    const known = JSON.parse(notes) as ConstructorParameters<typeof Upload>[0];
    const isSettled = known.metadata?.[DIGEST_KEY] !== undefined;
    return new Upload({ ...known, offset: isSettled ? (known.size ?? 0) : bytes.size });
  }

  override async remove(id: string): Promise<void> {
    await rm(this.notesOf(id), { force: true });
    await rm(this.bytesOf(id), { force: true });
  }

  override getExpiration = (): number => EXPIRES_MS;

  /** What is left of half a removal goes too. */
  override async deleteExpired(): Promise<number> {
    const names = await readdir(this.dir).catch(() => []);
    const ids = new Set(names.map((name) => name.replace(/\..*$/, "")));
    let removed = 0;
    for (const id of ids) {
      const notes = await stat(this.notesOf(id)).catch(() => null);
      if (notes !== null && Date.now() - notes.mtimeMs < EXPIRES_MS) continue;
      await this.remove(id);
      removed += 1;
    }
    return removed;
  }
}

/** Whole or not at all: what is known of an upload outlives a killed process. */
async function replace(path: string, content: string): Promise<void> {
  await writeFile(`${path}.new`, content, { mode: 0o640 });
  await rename(`${path}.new`, path);
}

async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asStorageError(error);
  }
}
