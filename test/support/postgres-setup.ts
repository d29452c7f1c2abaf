import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { deployMigrations } from "#scripts/deploy-migrations.ts";
import { startPostgres } from "#scripts/stack/postgres.ts";

declare module "vitest" {
  export interface ProvidedContext {
    postgres: { adminUrl: string; template: string };
  }
}

/** One PostgreSQL for a whole run of the integration tests, with a migrated template to copy from. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = mkdtempSync(join(tmpdir(), "slipway-test-postgres-"));
  const postgres = await startPostgres({ home, throwaway: true });
  await deployMigrations(postgres.url());
  project.provide("postgres", { adminUrl: postgres.url("postgres"), template: "slipway" });
  return async () => {
    await postgres.stop();
    rmSync(home, { recursive: true, force: true });
  };
}
