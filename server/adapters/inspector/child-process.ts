import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { DomainError } from "#domain/shared/errors.ts";
import { type Inspection, inspectionSchema } from "#domain/shared/signature.ts";
import type { ModelInspector } from "#server/ports/inspector.ts";
import { createTurnstile } from "./turnstile.ts";

export type InspectorOptions = Readonly<{
  /** The program to run, `serving/model-server/inspect.ts`: FILE in, one JSON line out. */
  program: string;
  deadlineMs: number;
  rssBytesMax: number;
}>;

const AT_ONCE = 2;
const WAITING_MAX = 20;
const OUTPUT_BYTES_MAX = 32 << 20;
const WATCH_EVERY_MS = 50;
/** The program answers for its own deadline; this is how much longer we trust it to. */
const GRACE_MS = 2_000;

/** Models are hostile until proven harmless: each is loaded in a process that we can afford to lose. */
export function childProcessInspector(options: InspectorOptions): ModelInspector {
  const enter = createTurnstile(AT_ONCE, WAITING_MAX);
  return {
    async inspect(path, signal) {
      const leave = await enter();
      try {
        if (signal.aborted) throw new DomainError("unavailable", "The request ended before the model was inspected.");
        return await runProgram(options, path, signal);
      } finally {
        leave();
      }
    },
  };
}

type Killed = "deadline" | "memory" | "output" | "caller";

async function runProgram(options: InspectorOptions, path: string, signal: AbortSignal): Promise<Inspection> {
  const child = spawn(process.execPath, [options.program, path], {
    // Of our environment it gets nothing: not the database's address, not the secret key.
    env: {
      NODE_ENV: "production",
      PATH: "/usr/bin:/bin",
      TMPDIR: tmpdir(),
      INSPECT_TIMEOUT_MS: String(options.deadlineMs),
      // Its own limit would end what ours allows, and it looks more often.
      INSPECT_MEMORY_MB: String(Math.floor(options.rssBytesMax / 2 ** 20)),
    },
    cwd: tmpdir(),
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that whatever it starts goes with it.
    detached: true,
  });
  let killed: Killed | null = null;
  const kill = (why: Killed) => {
    killed ??= why;
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) endGroup(child.pid);
  };
  const deadline = setTimeout(() => kill("deadline"), options.deadlineMs + GRACE_MS);
  const watch = setInterval(() => {
    void residentBytes(child.pid).then((bytes) => bytes > options.rssBytesMax && kill("memory"));
  }, WATCH_EVERY_MS);
  const stop = () => kill("caller");
  signal.addEventListener("abort", stop, { once: true });

  try {
    const output = collect(child.stdout, () => kill("output"));
    const errors = collect(child.stderr, () => kill("output"));
    const exit = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    return judge(options, killed, exit, output.text(), errors.text());
  } finally {
    clearTimeout(deadline);
    clearInterval(watch);
    signal.removeEventListener("abort", stop);
  }
}

function judge(
  options: InspectorOptions,
  killed: Killed | null,
  exit: number | null,
  output: string,
  errors: string,
): Inspection {
  const seconds = Math.round(options.deadlineMs / 1_000);
  const gigabytes = (options.rssBytesMax / 1024 ** 3).toFixed(1);
  switch (killed) {
    case "deadline":
      return refused("run_timeout", `The model did not finish one run within ${seconds} s; does it loop without end?`);
    case "memory":
      return refused("out_of_memory", `Loading the model took more than ${gigabytes} GiB of memory, the limit here.`);
    case "output":
      return refused("load_failed", "The model's description is larger than can be kept.");
    case "caller":
      throw new DomainError("unavailable", "The request ended before the model was inspected.");
    case null:
      break;
  }
  const parsed = inspectionSchema.safeParse(lastJsonLine(output));
  if (parsed.success) return parsed.data;
  const because = errors.trim().split("\n").at(-1)?.slice(0, 300) ?? "";
  return refused("load_failed", `The model ended the process that loaded it (${exit ?? "signal"}). ${because}`.trim());
}

const refused = (code: Extract<Inspection, { ok: false }>["code"], failure: string): Inspection => ({
  ok: false,
  code,
  failure,
});

function lastJsonLine(output: string): unknown {
  try {
    return JSON.parse(output.trim().split("\n").at(-1) ?? "");
  } catch {
    return null;
  }
}

function collect(stream: NodeJS.ReadableStream, onTooMuch: () => void) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > OUTPUT_BYTES_MAX) onTooMuch();
    else chunks.push(chunk);
  });
  return { text: () => Buffer.concat(chunks).toString() };
}

function endGroup(pid: number) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It ended by itself a moment before.
  }
}

async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}
