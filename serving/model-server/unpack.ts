import { UnsafeArchive, unpackArchive } from "#serving/archive/unpack.ts";
import { LoadError } from "./runtime-errors.ts";

/** Unpacks a tar with a model into an empty folder. Throws LoadError `archive_unsafe` or `truncated`. */
export async function unpackModel(file: string, folder: string): Promise<void> {
  try {
    await unpackArchive(file, folder, 0o600);
  } catch (error) {
    if (error instanceof UnsafeArchive) throw new LoadError("archive_unsafe", error.message);
    const because = error instanceof Error ? error.message : String(error);
    throw new LoadError(
      "truncated",
      `The archive cannot be read to its end (${because}). Pack it again with tar -cf and upload it whole.`,
    );
  }
}
