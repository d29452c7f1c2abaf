// inspect.ts FILE: loads and runs an uploaded model once and prints one JSON line of `inspectionSchema`.
//
// Run it as a child: `node serving/model-server/inspect.ts FILE`, with nothing of the parent's environment but PATH,
// TMPDIR (an archive is unpacked there), INSPECT_TIMEOUT_MS (30000) and INSPECT_MEMORY_MB (4096, resident).
// It keeps both limits itself; a native run cannot be interrupted, so past a limit it prints its line and kills itself:
// the line counts, not the exit status. The parent kills its process group 2 s after the deadline all the same, and
// reads a child that ended without a line as out of memory (SIGKILL, SIGABRT) or as a crash.
// A limit on address space (ulimit -v) is useless, V8 alone reserves more than any model needs; a limit on data
// (ulimit -d, in KiB) works as a second line of defence when it is at least 2 GiB above INSPECT_MEMORY_MB.
import "./no-telemetry.ts";
import { mkdtempSync, readdirSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import type { Inspection } from "#domain/shared/signature.ts";
import type { InspectData, InspectReport } from "./inspect-thread.ts";

const MEBIBYTE = 1024 * 1024;
const WATCH_EVERY_MS = 10;
const FOLDER_PREFIX = "slipway-inspect-";

function main(file: string, timeoutMs: number, memoryMb: number): void {
  preferToBeKilled();
  sweepLeftovers();
  const folder = mkdtempSync(path.join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`));
  let stage = "loading";
  let answered = false;

  function answer(inspection: Inspection): void {
    if (answered) return;
    answered = true;
    rmSync(folder, { recursive: true, force: true });
    printLine(JSON.stringify(inspection));
    // Not exit(), which waits for the thread, and the thread may be inside a run that never ends.
    process.kill(process.pid, "SIGKILL");
  }

  const worker = new Worker(new URL("./inspect-thread.ts", import.meta.url), {
    workerData: { file, folder } satisfies InspectData,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  worker.on("message", (report: InspectReport) => {
    if (report.stage === "done") answer(report.inspection);
    else stage = report.stage;
  });
  worker.on("error", (error: Error & { code?: string }) => {
    answer(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? outOfMemory(memoryMb) : crashed(error.message));
  });
  worker.on("exit", () => answer(crashed("its thread ended")));
  setTimeout(() => answer(timedOut(stage, timeoutMs)), timeoutMs);
  setInterval(() => {
    if (process.memoryUsage.rss() > memoryMb * MEBIBYTE) answer(outOfMemory(memoryMb));
  }, WATCH_EVERY_MS);
}

const outOfMemory = (memoryMb: number): Inspection => ({
  ok: false,
  code: "out_of_memory",
  failure: `The model needs more than ${memoryMb} MiB of memory to load and run once, the limit here. Make it smaller, or ask the administrator to raise the limit.`,
});

const crashed = (why: string): Inspection => ({
  ok: false,
  code: "load_failed",
  failure: `The model ended the process that loaded it (${why}). Export it again, with a newer exporter if there is one.`,
});

const timedOut = (stage: string, timeoutMs: number): Inspection => ({
  ok: false,
  code: "run_timeout",
  failure: `The model was still ${stage} after ${timeoutMs / 1_000} s on one input of zeros. Look for a loop that never ends.`,
});

/** A pipe may take less than asked for at a time. */
function printLine(line: string): void {
  const bytes = Buffer.from(`${line}\n`);
  for (let offset = 0; offset < bytes.byteLength; ) {
    try {
      offset += writeSync(1, bytes, offset);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}

/** When the machine runs out of memory, this process goes before any other. */
function preferToBeKilled(): void {
  try {
    writeFileSync("/proc/self/oom_score_adj", "1000");
  } catch {
    // Not Linux, or not allowed: the limits below still hold.
  }
}

/** Folders of inspections that were killed before they could remove them. */
function sweepLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(FOLDER_PREFIX) ? Number.parseInt(name.slice(FOLDER_PREFIX.length), 10) : Number.NaN;
    if (pid > 0 && !isAlive(pid)) rmSync(path.join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error("usage: inspect.ts FILE");
main(
  path.resolve(file),
  Number(process.env.INSPECT_TIMEOUT_MS ?? 30_000),
  Number(process.env.INSPECT_MEMORY_MB ?? 4_096),
);
