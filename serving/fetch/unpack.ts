import { mkdir, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { extract, list, type ReadEntry } from "tar";
import { type ArchiveEntry, archiveProblem, MODEL_FILE } from "#domain/version/archive.ts";
import { FetchError } from "./download.ts";

/**
 * Unpacks a tar with a model and its data files into `targetDir`, model.onnx last. All entries are judged before the
 * first is written. The archive is not compressed: it unpacks to no more than its own size. Throws FetchError.
 */
export async function unpack(file: string, targetDir: string): Promise<void> {
  const entries: ArchiveEntry[] = [];
  await list({
    file,
    strict: true,
    onReadEntry: (entry: ReadEntry) => void entries.push({ path: entry.path, type: entry.type }),
  });
  const problem = archiveProblem(entries);
  if (problem !== undefined) throw new FetchError("archive_unsafe", problem, true);
  const folder = path.join(targetDir, ".unpacking");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  await extract({
    file,
    cwd: folder,
    strict: true,
    preserveOwner: false,
    noMtime: true,
    filter(_path, entry) {
      // The packer's modes may keep the model server, which runs as another user, from reading it.
      if ("header" in entry) entry.mode = entry.type === "Directory" ? 0o755 : 0o644;
      return true;
    },
  });
  const names = (await readdir(folder)).sort((a, b) => Number(a === MODEL_FILE) - Number(b === MODEL_FILE));
  for (const name of names) {
    await rm(path.join(targetDir, name), { recursive: true, force: true });
    await rename(path.join(folder, name), path.join(targetDir, name));
  }
  await rm(folder, { recursive: true });
  await rm(file);
}
