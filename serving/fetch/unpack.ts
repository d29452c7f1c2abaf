import { mkdir, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { MODEL_FILE } from "#domain/version/archive.ts";
import { UnsafeArchive, unpackArchive } from "#serving/archive/unpack.ts";
import { FetchError } from "./download.ts";

/**
 * Unpacks a tar with a model and its data files into `targetDir`, model.onnx last. Throws
 * FetchError when nothing of it may be unpacked.
 */
export async function unpack(file: string, targetDir: string): Promise<void> {
  const folder = path.join(targetDir, ".unpacking");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  try {
    // The model server runs as another user.
    await unpackArchive(file, folder, 0o644);
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error instanceof UnsafeArchive ? new FetchError("archive_unsafe", error.message, true) : error;
  }
  const names = (await readdir(folder)).sort((a, b) => Number(a === MODEL_FILE) - Number(b === MODEL_FILE));
  for (const name of names) {
    await rm(path.join(targetDir, name), { recursive: true, force: true });
    await rename(path.join(folder, name), path.join(targetDir, name));
  }
  await rm(folder, { recursive: true });
  await rm(file);
}
