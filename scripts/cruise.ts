import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

export type Violation = { rule: { name: string; severity: string }; from: string; to: string };
export type Cruise = { modules: number; imports: number; violations: Violation[]; ruleNames: string[] };

const PLACES = [
  "app",
  "bench",
  "components",
  "domain",
  "e2e",
  "k8s",
  "prisma",
  "scripts",
  "server",
  "serving",
  "test",
  "worker",
];
const ROOT_FILES = ["instrumentation.ts", "next.config.js", "prisma.config.ts", "proxy.ts", "vitest.config.ts"];

type Report = {
  modules: { source: string; dependencies: unknown[] }[];
  summary: { violations: Violation[]; ruleSetUsed: { forbidden: { name: string }[] } };
};

/** Checks every import below `root` against its .dependency-cruiser.cjs. Throws when nothing was looked at. */
export function cruise(root: string): Cruise {
  const program = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const places = [...PLACES, ...ROOT_FILES].filter((place) => existsSync(join(root, place)));
  // Its JSON reporter exits 0 whatever it finds.
  const output = execFileSync(
    process.execPath,
    [program, "--config", ".dependency-cruiser.cjs", "--output-type", "json", ...places],
    { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 },
  );
  const { modules, summary } = JSON.parse(output) as Report;
  const ours = modules.filter(({ source }) => /\.tsx?$/.test(source) && !source.includes("node_modules/"));
  const imports = ours.flatMap(({ dependencies }) => dependencies).length;
  // With a TypeScript it does not support it sees no .ts file at all, and reports success.
  if (ours.length === 0 || imports === 0) {
    throw new Error("dependency-cruiser cruised nothing: is the TypeScript version supported?");
  }
  return {
    modules: ours.length,
    imports,
    violations: summary.violations,
    ruleNames: summary.ruleSetUsed.forbidden.map(({ name }) => name),
  };
}
