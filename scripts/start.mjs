// Runs on whatever Node the machine has (20 or newer): makes sure the packages are there, then hands over to
// scripts/stack/main.ts on the Node 24 that is one of them.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { preparePackages } from "./packages.mjs";

const root = join(fileURLToPath(import.meta.url), "../..");
const node = preparePackages(root);

const child = spawn(node, [join(root, "scripts/stack/main.ts")], {
  cwd: root,
  stdio: ["inherit", "inherit", "inherit", "ipc"],
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
