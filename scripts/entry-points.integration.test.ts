import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** Says for which checkout packages are asked, and goes no further. */
const PACKAGES = `
const say = (root) => { process.stdout.write(root); process.exit(0); };
export { say as preparePackages, say as packagesAreCurrent, say as installPackages };
`;

test.each(["start", "test", "demo"])("%s.mjs finds its checkout under whatever name a folder has", async (name) => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "slipway-entry-"));
  const root = join(folder, "my models, 100 % ü");
  mkdirSync(join(root, "scripts"), { recursive: true });
  writeFileSync(join(root, "scripts/packages.mjs"), PACKAGES);
  cpSync(join(import.meta.dirname, `${name}.mjs`), join(root, `scripts/${name}.mjs`));
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, `scripts/${name}.mjs`)]);
  expect(stdout).toBe(root);
  rmSync(folder, { recursive: true });
});
