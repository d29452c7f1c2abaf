import { execFile } from "node:child_process";
import { join } from "node:path";
import type { Inspection } from "#domain/shared/signature.ts";

const PROGRAM = join(import.meta.dirname, "../../serving/model-server/inspect.ts");

/** Runs `inspect.ts FILE` as its parent does. Rejects unless it prints exactly one line. */
export function inspectFile(file: string, env: Record<string, string> = {}): Promise<Inspection> {
  const { promise, resolve, reject } = Promise.withResolvers<Inspection>();
  const options = { env: { PATH: process.env.PATH ?? "", ...env }, maxBuffer: 32 << 20 };
  // Its exit status says nothing: it ends itself by a signal, because a native run cannot be left.
  execFile(process.execPath, [PROGRAM, file], options, (_error, stdout, stderr) => {
    const lines = stdout.trimEnd().split("\n");
    if (lines.length !== 1 || stdout === "") reject(new Error(`printed ${JSON.stringify(stdout)}, ${stderr}`));
    else resolve(JSON.parse(stdout) as Inspection);
  });
  return promise;
}
