import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";

// Everything that needs no services, in under a minute. Long ones first, one for each core. Linting with types takes
// longest: pages have a project of their own, so both can be linted side by side and nothing is loaded twice.
const PAGES = ["app", "components"];
const STEPS: readonly [name: string, command: string, ...args: string[]][] = [
  ["lint", "eslint", "--max-warnings", "0", ".", ...PAGES.flatMap((folder) => ["--ignore-pattern", `${folder}/**`])],
  ["lint of pages", "eslint", "--max-warnings", "0", ...PAGES],
  ["types", "tsc", "--noEmit"],
  ["types of pages", "tsc", "--noEmit", "-p", "app"],
  ["unit tests", "vitest", "run", "--project", "unit"],
  ["import rules", "node", "scripts/check-imports.ts"],
  ["unused", "knip"],
  ["planted imports", "node", "scripts/plant-imports.ts"],
  ["format", "biome", "check", "."],
];
const AT_ONCE = Math.min(4, availableParallelism());

// `npm test` runs the unit tests itself, to count them.
const withoutTests = process.argv.includes("--without-tests");
const waiting = STEPS.filter(([name]) => !(withoutTests && name === "unit tests"));
let failures = 0;
const beganMs = performance.now();
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const [name, command, ...args] = step;
      if (!(await passes(name, command, args))) failures += 1;
    }
  }),
);
console.info(`verify ${failures === 0 ? "passed" : `failed (${failures} steps)`} in ${secondsSince(beganMs)}`);
process.exitCode = failures === 0 ? 0 : 1;

/** One line for each step; what it printed only when it failed. */
async function passes(name: string, command: string, args: string[]): Promise<boolean> {
  const startMs = performance.now();
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, FORCE_COLOR: "0" } });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(null));
    child.once("close", resolve);
  });
  console.info(`${code === 0 ? "ok  " : "FAIL"} ${name.padEnd(16)} ${secondsSince(startMs)}`);
  if (code !== 0) console.info(Buffer.concat(output).toString().trimEnd());
  return code === 0;
}

function secondsSince(ms: number): string {
  return `${((performance.now() - ms) / 1000).toFixed(1)} s`;
}
