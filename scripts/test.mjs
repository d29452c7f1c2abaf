// `npm test`: everything, from a fresh clone, on the Node of the machine. No step is tried twice.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { installPackages, packagesAreCurrent } from "./packages.mjs";

const root = join(fileURLToPath(import.meta.url), "../..");
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

/**
 * What a run reported: how many passed, and what failed, each with its reason. `read` takes the failures out of the
 * report; a run that ended badly without naming one, or without a report, is a failure itself.
 */
function told(name, ok, report, read) {
  let passed = 0;
  let failures = [];
  try {
    ({ passed, failures } = read(JSON.parse(readFileSync(report, "utf8"))));
  } catch {
    failures = [`${name}: no report was written`];
  }
  return {
    passed,
    failures:
      failures.length > 0 || ok
        ? failures
        : [`${name}: ended badly, and no test says why; vitest names unhandled errors above`],
  };
}

async function vitest(project) {
  const name = `${project} tests`;
  const report = join(reports, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const ok = await passes(name, join(bin, "vitest"), ["run", "--project", project, ...reporters]);
  return told(name, ok, report, ({ numPassedTests, testResults }) => ({
    passed: numPassedTests,
    failures: testResults.flatMap((file) => {
      const where = relative(root, file.name);
      const failed = file.assertionResults.filter(({ status }) => status === "failed");
      if (failed.length === 0 && file.status === "failed") return [`${where}\n${file.message}`];
      return failed.map((test) => `${where} › ${test.fullName}\n${test.failureMessages.join("\n")}`);
    }),
  }));
}

/** The screens' tests in a browser. Passing at a second try would be failing. */
async function screens() {
  const report = join(reports, "screens.json");
  env.PLAYWRIGHT_JSON_OUTPUT_FILE = report;
  const args = ["test", "--config", "e2e/screens/playwright.config.ts", "--reporter=list,json"];
  const ok = await passes("screens tests", join(bin, "playwright"), args);
  const specs = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specs)];
  return told("screens tests", ok, report, (run) => ({
    passed: run.stats.expected,
    failures: [
      ...specs(run)
        .filter((spec) => spec.tests.some(({ status }) => status === "unexpected" || status === "flaky"))
        .map((spec) => {
          const errors = spec.tests.flatMap(({ results }) => results.flatMap((result) => result.errors));
          return `e2e/screens/${spec.file} › ${spec.title}\n${errors.map(({ message }) => message).join("\n")}`;
        }),
      ...run.errors.map(({ message }) => `e2e/screens\n${message}`),
    ],
  }));
}

async function step(name, args) {
  return (await passes(name, node, args)) ? { passed: 1, failures: [] } : { passed: 0, failures: [name] };
}

// The unit tests run here, to be counted one by one; verify runs the rest of its steps.
const results = [
  await step("verify", ["scripts/verify.ts", "--without-tests"]),
  await vitest("unit"),
  await step("build", ["scripts/build.ts"]),
  await vitest("integration"),
  // Both mostly wait for something to happen, each in products of its own: side by side their lines mix, and nothing else.
  ...(await Promise.all([vitest("journeys"), screens()])),
];
rmSync(reports, { recursive: true, force: true });

// Last, because the end is what is kept of a long log: what failed, and the first lines of why.
const failures = results.flatMap((result) => result.failures);
for (const failure of failures) {
  const [what, ...why] = stripVTControlCharacters(failure).split("\n");
  console.info(`\nFAILED ${what}\n${why.slice(0, 12).join("\n")}`);
}
const passed = results.reduce((total, result) => total + result.passed, 0);
console.info(`\nin ${((performance.now() - beganMs) / 60_000).toFixed(1)} minutes`);
console.info(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
