import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "#scripts/stack/postgres.ts";

// `node scripts/make-migration.ts <name>` writes prisma/migrations/<time>_<name>/migration.sql with what the schema
// file has and the migrations do not. What Prisma's schema language cannot say (partial indexes) is added by hand.
const MIGRATIONS = "prisma/migrations";
const SCHEMA = "prisma/schema.prisma";

const words = process.argv[2] ?? "";
if (!/^[a-z][a-z0-9-]*$/.test(words)) {
  throw new Error("Say what the migration does: node scripts/make-migration.ts <lower-case-words>");
}

const home = mkdtempSync(join(tmpdir(), "slipway-migration-"));
const postgres = await startPostgres({ home, throwaway: true });
try {
  const sql = execFileSync(
    "prisma",
    ["migrate", "diff", "--from-migrations", MIGRATIONS, "--to-schema", SCHEMA, "--script"],
    {
      encoding: "utf8",
      env: { ...process.env, DATABASE_URL: postgres.url(), SHADOW_DATABASE_URL: postgres.url() },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const time = new Date()
    .toISOString()
    .replaceAll(/[^0-9]/g, "")
    .slice(0, 14);
  const name = `${time}_${words.replaceAll("-", "_")}`;
  mkdirSync(join(MIGRATIONS, name), { recursive: true });
  writeFileSync(join(MIGRATIONS, name, "migration.sql"), sql);
  console.info(`wrote ${MIGRATIONS}/${name}/migration.sql: read it before you commit it`);
} finally {
  await postgres.stop();
  rmSync(home, { recursive: true, force: true });
}
