import { readFileSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

const ABANDONED_MS = 3_600_000;
const SEPARATOR = "~";

/** A file in the making is named after the process that writes it, so that a dead process' files are known. */
export const partName = (id: string): string =>
  [hostname(), process.pid, startTimeOf(process.pid) ?? "", id].join(SEPARATOR);

/** Removes files whose process is gone, and of other machines those that nobody wrote to for an hour. */
export async function sweepParts(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  let removed = 0;
  for (const name of names) {
    const path = join(folder, name);
    if (!(await isAbandoned(path, name))) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}

async function isAbandoned(path: string, name: string): Promise<boolean> {
  const [host, pid, startTime] = name.split(SEPARATOR);
  if (host === hostname() && pid !== undefined) return startTimeOf(Number(pid)) !== startTime;
  const found = await stat(path).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > ABANDONED_MS;
}

/** Pids are used again; a pid with its start time (field 22 of /proc/<pid>/stat) is not. Null: no such process. */
function startTimeOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the command in brackets and may hold spaces.
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
