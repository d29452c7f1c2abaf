import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "#scripts/stack/ports.ts";
import { type Rest, startRest } from "#test/support/rest.ts";

const ROOT = join(import.meta.dirname, "..");
const home = mkdtempSync(join(tmpdir(), "slipway-doctor-"));
let rest: Rest;
beforeAll(async () => {
  rest = await startRest();
});
afterAll(async () => {
  await rest.close();
  rmSync(home, { recursive: true, force: true });
});

/** As somebody runs it in a shell where nothing of Slipway runs. */
const doctor = (env: Record<string, string>) =>
  new Promise<{ code: number; out: string }>((done) => {
    const child = execFile(
      process.execPath,
      [join(ROOT, "scripts/doctor.ts")],
      { cwd: ROOT, env: { PATH: process.env.PATH, SLIPWAY_HOME: home, ...env } },
      (_, stdout, stderr) => done({ code: child.exitCode ?? -1, out: stdout + stderr }),
    );
  });

test("without web and worker it still looks at everything, says what fails and how to mend it, and exits with 1", async () => {
  const before = await rest.container.services.db.read.audit.count();
  const { code, out } = await doctor({ DATABASE_URL: rest.databaseUrl });
  expect(code).toBe(1);
  expect(out).toMatch(/^ok +Database: PostgreSQL/m);
  expect(out).toMatch(/^ok +Schema: /m);
  expect(out).toMatch(/^ok +Clock: /m);
  expect(out).toMatch(/^FAILED +Worker: No worker leads.*\n +→ Start a worker/m);
  expect(out).toMatch(/^FAILED +Prometheus: .*\n +→ .*PROMETHEUS_URL/m);
  expect(out).toMatch(/^FAILED +Environment local: Was never seen/m);
  expect(out).toMatch(/^warning +Cluster local: /m);
  expect(out).toMatch(/^ok +Disk of artifacts: /m);
  expect(out).toMatch(/^warning +Webhook: /m);
  expect(await rest.container.services.db.read.audit.count()).toBe(before);
});

test("a database that is away fails alone: what does not need it is told all the same, without its password", async () => {
  const url = new URL(rest.databaseUrl);
  url.port = String(await freePort());
  const { code, out } = await doctor({ DATABASE_URL: url.href });
  expect(code).toBe(1);
  expect(out).toMatch(/^FAILED +Database: /m);
  expect(out).toMatch(/^ok +Disk of artifacts: /m);
  expect(url.password).not.toBe("");
  expect(out).not.toContain(url.password);
});

test("where nothing was ever started it says so", async () => {
  const { code, out } = await doctor({});
  expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining("npm start") });
});
