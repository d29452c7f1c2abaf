// `npm test`: everything, from a fresh clone, on the Node of the machine. No step is tried twice.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { installPackages, packagesAreCurrent } from "./packages.mjs";

const root = join(new URL(".", import.meta.url).pathname, "..");
if (process.platform !== "linux") {
  console.error("The tests start pods as Linux processes; elsewhere run them in a container.");
  process.exit(1);
}
if (!packagesAreCurrent(root)) installPackages(root);

const bin = join(root, "node_modules/.bin");
const node = join(bin, "node");
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, NEXT_TELEMETRY_DISABLED: "1" };
const reports = mkdtempSync(join(tmpdir(), "slipway-test-"));
const beganMs = performance.now();

/** Resolves with whether it exited with 0. Its output is ours. */
const passes = (name, command, args) =>
  new Promise((resolve) => {
    console.info(`\n── ${name}`);
    const startMs = performance.now();
    const child = spawn(command, args, { cwd: root, env, stdio: "inherit" });
    child.once("error", () => resolve(false));
    child.once("exit", (code) => {
      console.info(
        `── ${name}: ${code === 0 ? "ok" : "FAILED"} in ${((performance.now() - startMs) / 1000).toFixed(0)} s`,
      );
      resolve(code === 0);
    });
  });

/** Counts of a vitest run; a run that ended without a report counts as one failure. */
async function vitest(project) {
  const report = join(reports, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const ok = await passes(`${project} tests`, join(bin, "vitest"), ["run", "--project", project, ...reporters]);
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, "utf8"));
    return { passed: numPassedTests, failed: Math.max(numFailedTests, ok ? 0 : 1) };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

/** Counts of the screens' tests in a browser, told as vitest's are. Passing at a second try would be failing. */
async function screens() {
  const report = join(reports, "screens.json");
  env.PLAYWRIGHT_JSON_OUTPUT_FILE = report;
  const args = ["test", "--config", "e2e/screens/playwright.config.ts", "--reporter=list,json"];
  const ok = await passes("screens tests", join(bin, "playwright"), args);
  try {
    const { expected, unexpected, flaky } = JSON.parse(readFileSync(report, "utf8")).stats;
    return { passed: expected, failed: Math.max(unexpected + flaky, ok ? 0 : 1) };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

const asCount = (ok) => (ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

// The unit tests run here, to be counted one by one; verify runs the rest of its steps.
const results = [
  asCount(await passes("verify", node, ["scripts/verify.ts", "--without-tests"])),
  await vitest("unit"),
  asCount(await passes("build", node, ["scripts/build.ts"])),
  await vitest("integration"),
  // Both mostly wait for something to happen, each in products of its own: side by side their lines mix, and nothing else.
  ...(await Promise.all([vitest("journeys"), screens()])),
];
rmSync(reports, { recursive: true, force: true });

const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.info(`\nin ${((performance.now() - beganMs) / 60_000).toFixed(1)} minutes`);
console.info(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exit(sum("failed") === 0 ? 0 : 1);
