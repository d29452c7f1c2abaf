import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";

/** As a kubelet cuts it. */
const BYTES_MAX = 2_048;

/** The end of a failed run's log as its message, where the container asks for that; otherwise none. */
export function terminationMessage(folder: string, policy: string | undefined, exitCode: number): { message?: string } {
  if (policy !== "FallbackToLogsOnError" || exitCode === 0) return {};
  try {
    const message = endOf(join(folder, "log"));
    return message === "" ? {} : { message };
  } catch {
    // It died before it had a log.
    return {};
  }
}

function endOf(path: string): string {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(BYTES_MAX, size));
    return bytes.toString("utf8", 0, readSync(file, bytes, 0, bytes.length, size - bytes.length));
  } finally {
    closeSync(file);
  }
}
