import {
  appendFileSync,
  closeSync,
  copyFileSync,
  type FSWatcher,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  watch,
} from "node:fs";
import { join } from "node:path";

/**
 * Programs write straight into their log file, so that logging depends on nobody. When a line was written is therefore
 * noted beside it: `times` holds "<file size> <milliseconds>" for what the file had grown to by then.
 */

const COALESCE_MS = 20;
/** A log beyond this is moved to `log.1`, replacing the one before. */
export const MAX_LOG_BYTES = 16 << 20;

export type TimeMark = { sizeBytes: number; atMs: number };

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/**
 * Copies and empties: the program keeps its descriptor, which appends. Both steps are one synchronous turn, so only
 * what is written in the microseconds between the last byte copied and the truncation is lost.
 */
const rotate = (folder: string) => {
  const log = join(folder, "log");
  copyFileSync(log, join(folder, "log.1"));
  const fd = openSync(log, "r+");
  ftruncateSync(fd, 0);
  closeSync(fd);
  renameSync(join(folder, "times"), join(folder, "times.1"));
};

/** Notes times and bounds the size of a run's log while it runs. Returns what ends it. */
export const watchLog = (folder: string, maxBytes = MAX_LOG_BYTES): (() => void) => {
  const log = join(folder, "log");
  let watcher: FSWatcher | undefined;
  let timer: NodeJS.Timeout | undefined;
  let noted = readTimes(folder, false).at(-1)?.sizeBytes ?? 0;
  const note = () => {
    timer = undefined;
    const size = sizeOf(log);
    if (size === noted) return;
    try {
      appendFileSync(join(folder, "times"), `${size} ${Date.now()}\n`, { mode: 0o600 });
      noted = size;
      if (size > maxBytes) {
        rotate(folder);
        noted = 0;
      }
    } catch {
      // The pod's folder is gone, or the disk is full: times are then those of the file.
    }
  };
  try {
    watcher = watch(log, { persistent: false }, () => {
      timer ??= setTimeout(note, COALESCE_MS).unref();
    });
    watcher.on("error", () => watcher?.close());
  } catch {
    // Out of inotify watches: times are then those of the file.
  }
  note();
  return () => {
    watcher?.close();
    clearTimeout(timer);
    note();
  };
};

/** Marks of a run's log (or of the rotated part of it), oldest first. */
export const readTimes = (folder: string, rotated: boolean): TimeMark[] => {
  let text = "";
  try {
    text = readFileSync(join(folder, rotated ? "times.1" : "times"), "utf8");
  } catch {
    return [];
  }
  return text
    .split("\n")
    .map((line) => line.split(" ").map(Number))
    .flatMap(([sizeBytes, atMs]) => (sizeBytes !== undefined && atMs !== undefined ? [{ sizeBytes, atMs }] : []));
};

/** When the byte at `offset` had been written: of the first mark beyond it, else `fallbackMs`. */
export const timeAt = (marks: readonly TimeMark[], offset: number, fallbackMs: number): number => {
  let [low, high] = [0, marks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle]?.sizeBytes ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return marks[low]?.atMs ?? fallbackMs;
};
