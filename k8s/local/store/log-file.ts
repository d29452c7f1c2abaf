import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** One line of the file. `begin` ends the snapshot that the file starts with; what follows it happened in order. */
export type LogEntry =
  | { op: "snapshot"; rv: number }
  | { op: "begin" }
  | { op: "put"; r: string; o: unknown }
  | { op: "del"; r: string; ns: string; n: string; rv: number };

export type LogFile = {
  /** Throws what the disk throws (ENOSPC); the file is then as it was before. */
  append(line: string): void;
  /** Replaces the whole file, atomically. Throws what the disk throws; the file is then as it was before. */
  rewrite(lines: Iterable<string>): void;
  /** Bytes appended since the file was last rewritten, and its size then. */
  readonly grownBytes: number;
  readonly snapshotBytes: number;
  close(): void;
};

export type ReadLog = {
  entries: LogEntry[];
  /** Up to the end of the last line; what kill -9 tore off after it was never acknowledged. */
  bytes: number;
  /** Lines that were complete once and cannot be read now, as after a loss of power; the file as found is kept in `copy`. */
  damage?: { lines: number; bytes: number; copy: string };
};

/** Reads every line that is whole: each stands alone, so that a damaged one takes no other with it. */
export function readLog(path: string): ReadLog {
  if (!existsSync(path)) return { entries: [], bytes: 0 };
  const content = readFileSync(path);
  const bytes = content.lastIndexOf(0x0a) + 1;
  const lines = content.subarray(0, bytes).toString("utf8").split("\n").filter(Boolean);
  const entries: LogEntry[] = [];
  const damage = { lines: 0, bytes: 0, copy: `${path}.damaged` };
  for (const line of lines) {
    const entry = entryOf(line);
    if (entry) entries.push(entry);
    else {
      damage.lines += 1;
      damage.bytes += Buffer.byteLength(line);
    }
  }
  if (damage.lines === 0) return { entries, bytes };
  copyFileSync(path, damage.copy);
  return { entries, bytes, damage };
}

function entryOf(line: string): LogEntry | undefined {
  try {
    const { op, r, o, n, ns, rv } = JSON.parse(line);
    if (op === "begin") return { op };
    if (op === "snapshot" && Number.isSafeInteger(rv)) return { op, rv };
    if (op === "put" && Number(o?.metadata?.resourceVersion) > 0 && o.metadata.name) return { op, r, o };
    if (op === "del" && typeof n === "string" && Number.isSafeInteger(rv)) return { op, r, ns, n, rv };
  } catch {
    // Not JSON: damaged.
  }
  return undefined;
}

/**
 * Lines go to the page cache with one synchronous write each: they outlive this process, not the machine's power.
 * That is what a cluster on one laptop needs, and it costs some ten microseconds.
 */
export function openLog(path: string, bytes: number): LogFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let fd = openSync(path, "a", 0o600);
  ftruncateSync(fd, bytes);
  let size = bytes;
  let snapshotBytes = bytes;
  return {
    append(line) {
      const data = Buffer.from(`${line}\n`);
      try {
        writeFully(fd, data);
      } catch (cause) {
        ftruncateSync(fd, size);
        throw cause;
      }
      size += data.length;
    },
    rewrite(lines) {
      const next = openSync(`${path}.new`, "a", 0o600);
      try {
        ftruncateSync(next, 0);
        for (const chunk of chunks(lines)) writeFully(next, chunk);
        // Rare, and everything is at stake: a power cut must not leave an empty file under the good one's name.
        fsyncSync(next);
        renameSync(`${path}.new`, path);
      } catch (cause) {
        closeSync(next);
        rmSync(`${path}.new`, { force: true });
        throw cause;
      }
      closeSync(fd);
      fd = next;
      size = fstatSync(fd).size;
      snapshotBytes = size;
    },
    get grownBytes() {
      return size - snapshotBytes;
    },
    get snapshotBytes() {
      return snapshotBytes;
    },
    close: () => closeSync(fd),
  };
}

function writeFully(fd: number, data: Buffer): void {
  let done = 0;
  while (done < data.length) done += writeSync(fd, data, done);
}

function* chunks(lines: Iterable<string>): Generator<Buffer> {
  let pending = "";
  for (const line of lines) {
    pending += `${line}\n`;
    if (pending.length > 1 << 20) {
      yield Buffer.from(pending);
      pending = "";
    }
  }
  if (pending) yield Buffer.from(pending);
}
