import { extract, list, type ReadEntry } from "tar";
import { type ArchiveEntry, archiveProblem } from "#domain/version/archive.ts";

/** The archive must not be unpacked; the message says why, to the person who uploaded it. */
export class UnsafeArchive extends Error {
  override readonly name = "UnsafeArchive";
}

/**
 * Unpacks a tar with a model into an empty folder. All entries are judged before the first is written, so nothing
 * unsafe is unpacked, not even in part. The archive is not compressed: it unpacks to no more than its own size. The
 * packer's modes may keep its readers from what is unpacked: all get `mode`, folders with the right to enter them.
 * Throws UnsafeArchive, or what the reader says of an archive that is damaged.
 */
export async function unpackArchive(file: string, folder: string, mode: 0o600 | 0o644): Promise<void> {
  const entries: ArchiveEntry[] = [];
  const onReadEntry = (entry: ReadEntry) => void entries.push({ path: entry.path, type: entry.type });
  await list({ file, strict: true, onReadEntry });
  const problem = archiveProblem(entries);
  if (problem !== undefined) throw new UnsafeArchive(problem);
  await extract({
    file,
    cwd: folder,
    strict: true,
    preserveOwner: false,
    noMtime: true,
    filter(_path, entry) {
      if ("header" in entry) entry.mode = entry.type === "Directory" ? enterable(mode) : mode;
      return true;
    },
  });
}

const enterable = (mode: number) => mode | ((mode & 0o444) >> 2);
