import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Whether node_modules holds what package-lock.json asks for, by the list that npm keeps of what it installed. npm
 * writes that list last, so an installation that was cut off is not current.
 * @param {string} root
 */
export function packagesAreCurrent(root) {
  const installed = join(root, "node_modules/.package-lock.json");
  if (!existsSync(installed)) return false;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const present = JSON.parse(readFileSync(installed, "utf8")).packages;
  return Object.entries(wanted).every(
    ([path, entry]) =>
      path === "" || (present[path]?.version ?? (entry.optional ? entry.version : null)) === entry.version,
  );
}

/**
 * Ends this process when npm fails: what it says is what the user needs.
 * @param {string} root
 */
export function installPackages(root) {
  console.info("Installing packages (a minute or two) …");
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status, error } = spawnSync("npm", args, { cwd: root, stdio: "inherit" });
  if (error !== undefined) console.error(`npm cannot be started: ${error.message}`);
  if (status !== 0) {
    console.error("npm ci failed; nothing was started.");
    process.exit(1);
  }
}

/**
 * Makes sure that this machine can run Slipway and that its packages are there; ends this process with a sentence
 * otherwise. Answers the path of the Node to run it with.
 * @param {string} root
 */
export function preparePackages(root) {
  if (process.platform !== "linux") {
    fail("Slipway's local cluster runs pods as Linux processes. On other systems: docker compose up");
  }
  if (Number(process.versions.node.split(".")[0]) < 20) fail(`Node 20 or newer is needed; this is ${process.version}.`);
  const node = join(root, "node_modules/.bin/node");
  if (packagesAreCurrent(root)) return node;
  // Never under the feet of a product that runs from this checkout.
  if (existsSync(node)) {
    const check = spawnSync(node, [join(root, "scripts/stack/check-free.ts")], { cwd: root, stdio: "inherit" });
    if (check.status === 3) process.exit(1);
  }
  installPackages(root);
  return node;
}

/** @param {string} message */
function fail(message) {
  console.error(message);
  process.exit(1);
}
