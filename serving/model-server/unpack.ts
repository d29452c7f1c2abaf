import { extract, list, type ReadEntry } from "tar";
import { type ArchiveEntry, archiveProblem } from "#domain/version/archive.ts";
import { LoadError } from "./runtime-errors.ts";

/**
 * Unpacks a tar with a model into an empty folder. All entries are judged before the first is written, so nothing
 * unsafe is unpacked, not even in part. The archive is not compressed: it unpacks to no more than its own size.
 * Throws LoadError `archive_unsafe` or `truncated`.
 */
export async function unpackModel(file: string, folder: string): Promise<void> {
  const entries: ArchiveEntry[] = [];
  const onReadEntry = (entry: ReadEntry) => void entries.push({ path: entry.path, type: entry.type });
  await wholeArchive(() => list({ file, strict: true, onReadEntry }));
  const problem = archiveProblem(entries);
  if (problem !== undefined) throw new LoadError("archive_unsafe", problem);
  await wholeArchive(() =>
    extract({
      file,
      cwd: folder,
      strict: true,
      preserveOwner: false,
      noMtime: true,
      filter(_path, entry) {
        // The packer's modes may keep us from reading what we unpack.
        if ("header" in entry) entry.mode = entry.type === "Directory" ? 0o700 : 0o600;
        return true;
      },
    }),
  );
}

async function wholeArchive(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    throw new LoadError(
      "truncated",
      `The archive cannot be read to its end (${because}). Pack it again with tar -cf and upload it whole.`,
    );
  }
}
