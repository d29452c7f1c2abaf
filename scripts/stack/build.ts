import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { logFileOf } from "./config.ts";
import { alone } from "./exclusive.ts";
import { startProgram } from "./process.ts";

/** What the pages are built from, below the checkout. */
export const WEB_SOURCES = [
  "app",
  "components",
  "domain",
  "server",
  "k8s/client",
  "k8s/manifests",
  "instrumentation.ts",
  "instrumentation-client.ts",
  "next.config.js",
  "package-lock.json",
  "postcss.config.mjs",
  "prisma/schema.prisma",
  "proxy.ts",
  "tsconfig.json",
];

/** Generates the database client and builds the pages, each only when what it is made from changed since. */
export function buildWhatChanged(root: string, home: string, say: (line: string) => void): Promise<void> {
  // Installations of several homes may start from one checkout at once.
  return alone("build", root, () => build(root, home, say));
}

async function build(root: string, home: string, say: (line: string) => void): Promise<void> {
  const schema = digestOf(root, ["prisma/schema.prisma", "package-lock.json"]);
  await unlessStamped(join(root, "server/db/generated/.made-from"), schema, async () => {
    say("generating the database client");
    await runBuild(root, home, ["node_modules/prisma/build/index.js", "generate"]);
  });
  const sources = digestOf(root, WEB_SOURCES);
  await unlessStamped(join(root, ".next/made-from"), sources, async () => {
    say("building the pages (about half a minute)");
    await runBuild(root, home, ["node_modules/next/dist/bin/next", "build"]);
  });
}

async function unlessStamped(stamp: string, digest: string, make: () => Promise<void>): Promise<void> {
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return;
  await make();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
}

async function runBuild(root: string, home: string, args: string[]): Promise<void> {
  const logFile = logFileOf(home, "build");
  const { exited } = await startProgram({
    command: process.execPath,
    args,
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    cwd: root,
    logFile,
    record: { file: join(home, "run", "build.json"), survivorSignal: "SIGTERM" },
  });
  const how = await exited;
  if (how !== "code 0") {
    const tail = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-30).join("\n");
    throw new Error(`${args.join(" ")} failed (${how}):\n${tail}`);
  }
}

function digestOf(root: string, paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) addTo(hash, root, path);
  return hash.digest("hex");
}

function addTo(hash: ReturnType<typeof createHash>, root: string, path: string): void {
  const full = join(root, path);
  if (statSync(full).isDirectory()) {
    for (const name of readdirSync(full).sort()) if (name !== "generated") addTo(hash, root, join(path, name));
  } else if (!/\.test\.tsx?$/.test(path)) {
    hash.update(`${path}\0`).update(readFileSync(full)).update("\0");
  }
}
