// Runs on whatever Node the machine has, as scripts/start.mjs does: packages first, then demo/main.ts on the right Node.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { preparePackages } from "./packages.mjs";

const root = join(fileURLToPath(import.meta.url), "../..");
const node = preparePackages(root);
const { status } = spawnSync(node, [join(root, "demo/main.ts"), ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
process.exit(status ?? 1);
