// Runs on whatever Node the machine has (20 or newer): makes sure the packages are there, then hands over to
// scripts/stack/main.ts on the Node 24 that is one of them.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { installPackages, packagesAreCurrent } from "./packages.mjs";

const root = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "..");
const node = join(root, "node_modules/.bin/node");

function fail(message) {
  console.error(message);
  process.exit(1);
}

if (process.platform !== "linux") {
  fail("Slipway's local cluster runs pods as Linux processes. On other systems: docker compose up");
}
if (Number(process.versions.node.split(".")[0]) < 20) fail(`Node 20 or newer is needed; this is ${process.version}.`);

if (!packagesAreCurrent(root)) {
  // Never under the feet of a product that runs from this checkout.
  if (existsSync(node)) {
    const check = spawnSync(node, [join(root, "scripts/stack/check-free.ts")], { cwd: root, stdio: "inherit" });
    if (check.status === 3) process.exit(1);
  }
  installPackages(root);
}

const child = spawn(node, [join(root, "scripts/stack/main.ts")], {
  cwd: root,
  stdio: ["inherit", "inherit", "inherit", "ipc"],
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
