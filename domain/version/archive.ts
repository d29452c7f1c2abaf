/** Entry types as tar readers name them; anything else (links, devices, pipes) reaches other files and is refused. */
const HARMLESS_TYPES: ReadonlySet<string> = new Set(["File", "OldFile", "ContiguousFile", "Directory"]);
const ENTRIES_MAX = 10_000;
const MAGIC_OFFSET = 257;
const MAGIC = [0x75, 0x73, 0x74, 0x61, 0x72]; // "ustar"

export const MODEL_FILE = "model.onnx";

/** A model with external data is one artifact: a tar with model.onnx and its data files. `head` is its first 262 bytes or more. */
export const isTar = (head: Uint8Array): boolean => MAGIC.every((byte, index) => head[MAGIC_OFFSET + index] === byte);

export type ArchiveEntry = { path: string; type: string };

/**
 * Why an archive must not be unpacked, as a sentence for the person who uploaded it; undefined when it may be.
 * Checked over all entries before the first is written.
 */
export function archiveProblem(entries: readonly ArchiveEntry[]): string | undefined {
  if (entries.length > ENTRIES_MAX) return `The archive has more than ${ENTRIES_MAX} entries.`;
  const seen = new Set<string>();
  for (const { path, type } of entries) {
    const shown = JSON.stringify(path.slice(0, 100));
    if (!HARMLESS_TYPES.has(type)) {
      return `The archive holds ${shown}, which is not a regular file (${type}). Pack the files themselves: tar -chf model.tar model.onnx <data files>.`;
    }
    if (isOutside(path))
      return `The archive holds ${shown}, which lies outside it. Pack from inside the model's folder.`;
    const normal = withoutDots(path);
    if (type !== "Directory" && seen.has(normal)) return `The archive holds ${shown} twice.`;
    seen.add(normal);
  }
  if (!seen.has(MODEL_FILE)) {
    return `The archive has no ${MODEL_FILE} at its top. Pack from inside the model's folder: tar -cf model.tar ${MODEL_FILE} <data files>.`;
  }
  return undefined;
}

/** Absolute, or with a `..`, or with characters that some systems read as a separator or an end. */
export const isOutside = (path: string): boolean =>
  path === "" ||
  path.startsWith("/") ||
  path.includes("\\") ||
  path.includes("\0") ||
  /^[a-zA-Z]:/.test(path) ||
  path.split("/").includes("..");

/** `./a//b/` → `a/b`. */
const withoutDots = (path: string): string =>
  path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
