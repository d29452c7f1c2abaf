import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "#scripts/stack/postgres.ts";

// `node scripts/make-migration.ts <name>` writes prisma/migrations/<time>_<name>/migration.sql with what the schema
// file has and the migrations do not. `--init` writes the one initial migration anew: right only before a release.
const MIGRATIONS = "prisma/migrations";
const SCHEMA = "prisma/schema.prisma";
const INIT = "20261122000000_init";

// What Prisma's schema language cannot say.
const INIT_BY_HAND = `
-- A deleted endpoint's row stays as a tombstone, and its name is free again.
CREATE UNIQUE INDEX "endpoint_live_name" ON "Endpoint" ("environmentId", "name") WHERE "deletedAt" IS NULL;

-- Health that stays missed is one incident, whoever looks.
CREATE UNIQUE INDEX "incident_open" ON "Incident" ("endpointUid") WHERE "resolvedAt" IS NULL;

-- Who we are in every cluster, decided once.
INSERT INTO "Installation" DEFAULT VALUES;
`;

const argument = process.argv[2] ?? "";
const init = argument === "--init";
if (!init && !/^[a-z][a-z0-9-]*$/.test(argument)) {
  throw new Error("Say what the migration does: node scripts/make-migration.ts <lower-case-words>");
}

const folders = (parent: string) =>
  readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);

const home = mkdtempSync(join(tmpdir(), "slipway-migration-"));
const postgres = await startPostgres({ home, throwaway: true });
try {
  const from = init ? ["--from-empty"] : ["--from-migrations", MIGRATIONS];
  const sql = execFileSync("prisma", ["migrate", "diff", ...from, "--to-schema", SCHEMA, "--script"], {
    encoding: "utf8",
    env: { ...process.env, DATABASE_URL: postgres.url(), SHADOW_DATABASE_URL: postgres.url() },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const time = new Date()
    .toISOString()
    .replaceAll(/[^0-9]/g, "")
    .slice(0, 14);
  const name = init ? INIT : `${time}_${argument.replaceAll("-", "_")}`;
  if (init) for (const old of folders(MIGRATIONS)) rmSync(join(MIGRATIONS, old), { recursive: true });
  mkdirSync(join(MIGRATIONS, name), { recursive: true });
  writeFileSync(join(MIGRATIONS, name, "migration.sql"), init ? sql + INIT_BY_HAND : sql);
  console.info(`wrote ${MIGRATIONS}/${name}/migration.sql: read it before you commit it`);
} finally {
  await postgres.stop();
  rmSync(home, { recursive: true, force: true });
}
