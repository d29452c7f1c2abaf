import { closeSync, fstatSync, openSync, readSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import { ApiError } from "../store/errors.ts";
import type { LogRequest, LogSource } from "../store/log-source.ts";
import { readTimes, type TimeMark, timeAt } from "./log-times.ts";

const CHUNK_BYTES = 64 << 10;

/** Where the log of one container is, and how it stands. */
export type LogTarget = {
  folder: string | undefined;
  /** Why there is no run yet, as the status says it. */
  waiting: string | undefined;
  ended: () => Promise<void>;
};

const badRequest = (message: string) => new ApiError(400, "BadRequest", message);

const folderOf = (target: LogTarget | undefined, { container, pod, previous }: LogRequest): string => {
  if (target === undefined) throw badRequest(`container ${container} is not valid for pod ${pod}`);
  if (target.folder !== undefined && statSync(join(target.folder, "log"), { throwIfNoEntry: false }))
    return target.folder;
  if (previous) throw badRequest(`previous terminated container "${container}" in pod "${pod}" not found`);
  const why = /Image/.test(target.waiting ?? "") ? "image can't be pulled" : (target.waiting ?? "ContainerCreating");
  throw badRequest(`container "${container}" in pod "${pod}" is waiting to start: ${why}`);
};

type Line = { text: string; atMs: number };

/** Cuts a growing file into lines; what follows the last newline waits for the rest. */
class LineReader {
  private readonly path: string;
  private readonly marks: () => TimeMark[];
  offset = 0;

  constructor(path: string, marks: () => TimeMark[]) {
    this.path = path;
    this.marks = marks;
  }

  /** Lines from `offset` to the present end. With `all`, also a last line without newline. */
  *read(all: boolean): Generator<Line> {
    const fd = openSync(this.path, "r");
    try {
      const { size, mtimeMs } = fstatSync(fd);
      const marks = this.offset < size ? this.marks() : [];
      let pending = Buffer.alloc(0);
      for (let position = this.offset; position < size; ) {
        const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size - position));
        const length = readSync(fd, chunk, 0, chunk.length, position);
        if (length === 0) break;
        position += length;
        pending = Buffer.concat([pending, chunk.subarray(0, length)]);
        for (let end = pending.indexOf(10); end >= 0; end = pending.indexOf(10)) {
          yield { text: pending.toString("utf8", 0, end + 1), atMs: timeAt(marks, this.offset, mtimeMs) };
          this.offset += end + 1;
          pending = pending.subarray(end + 1);
        }
      }
      if (!all || pending.length === 0) return;
      yield { text: pending.toString("utf8"), atMs: timeAt(marks, this.offset, mtimeMs) };
      this.offset += pending.length;
    } finally {
      closeSync(fd);
    }
  }

  size(): number {
    return statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }
}

const stored = function* (folder: string, current: LineReader, all: boolean): Generator<Line> {
  const rotated = join(folder, "log.1");
  if (statSync(rotated, { throwIfNoEntry: false }) !== undefined)
    yield* new LineReader(rotated, () => readTimes(folder, true)).read(true);
  yield* current.read(all);
};

/** Lines written from now on, until the run ended or the reader left. */
const following = async function* (
  folder: string,
  reader: LineReader,
  target: LogTarget,
  signal: AbortSignal,
): AsyncGenerator<Line> {
  let wake = Promise.withResolvers<void>();
  const watcher = watch(join(folder, "log"), { persistent: false }, () => wake.resolve());
  let over = false;
  void target.ended().then(() => {
    over = true;
    wake.resolve();
  });
  signal.addEventListener("abort", () => wake.resolve(), { once: true });
  try {
    while (!signal.aborted) {
      wake = over ? wake : Promise.withResolvers<void>();
      if (reader.size() < reader.offset) {
        const rotated = new LineReader(join(folder, "log.1"), () => readTimes(folder, true));
        rotated.offset = reader.offset;
        yield* rotated.read(true);
        reader.offset = 0;
      }
      const last = over;
      yield* reader.read(last);
      if (last) return;
      if (!over) await wake.promise;
    }
  } finally {
    watcher.close();
  }
};

const sinceMs = ({ sinceSeconds, sinceTime }: LogRequest): number =>
  sinceTime !== undefined ? Date.parse(sinceTime) : sinceSeconds !== undefined ? Date.now() - sinceSeconds * 1000 : 0;

const tail = (lines: Iterable<Line>, request: LogRequest): Line[] => {
  const since = sinceMs(request);
  const count = request.tailLines ?? Number.POSITIVE_INFINITY;
  const kept: Line[] = [];
  for (const line of lines) {
    if (line.atMs < since) continue;
    kept.push(line);
    if (kept.length > 2 * count + 1024) kept.splice(0, kept.length - count);
  }
  return count < kept.length ? kept.slice(kept.length - count) : kept;
};

/** A file's clock is coarser than ours: what it dates a moment before the line above was written no earlier. */
const writer = ({ timestamps }: LogRequest) => {
  let lastMs = 0;
  return ({ text, atMs }: Line): string => {
    lastMs = Math.max(lastMs, atMs);
    return timestamps ? `${new Date(lastMs).toISOString().replace("Z", "000000Z")} ${text}` : text;
  };
};

const stream = async function* (
  folder: string,
  target: LogTarget,
  request: LogRequest,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let left = request.limitBytes ?? Number.POSITIVE_INFINITY;
  const bounded = (text: string): string => {
    const bytes = Buffer.from(text);
    const cut = bytes.length > left ? bytes.subarray(0, left).toString("utf8") : text;
    left -= bytes.length;
    return cut;
  };
  const format = writer(request);
  const reader = new LineReader(join(folder, "log"), () => readTimes(folder, false));
  const follows = request.follow && !request.previous;
  for (const line of tail(stored(folder, reader, !follows), request)) {
    yield bounded(format(line));
    if (left <= 0 || signal.aborted) return;
  }
  if (!follows) return;
  for await (const line of following(folder, reader, target, signal)) {
    yield bounded(format(line));
    if (left <= 0) return;
  }
};

/** Reads the logs of the containers that `find` knows. */
export const createLogSource = (find: (request: LogRequest) => LogTarget | undefined): LogSource => ({
  read(request, signal) {
    const target = find(request);
    return (async function* () {
      yield* stream(folderOf(target, request), target as LogTarget, request, signal);
    })();
  },
});
