import { renameSync, writeFileSync } from "node:fs";

/**
 * Replaces a file at once, readable by its owner only: whoever reads it, also after a kill or on a full disk, finds
 * what was there before or all of `content`. Throws what the disk throws.
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
