import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";

const DEFAULT_FOLDER = join(import.meta.dirname, "../prisma/migrations");
// The number that Prisma takes too, so that the two never deploy at once.
const MIGRATE_LOCK = 72_707_369;

/**
 * Applies what is missing, each migration in one transaction with its row in Prisma's own table, and answers the
 * names applied. Runs on a database newer than this checkout and leaves it alone. Throws when an applied migration
 * was edited since, when one failed half way under another tool, or when one fails now (nothing of it remains).
 * The URL leads past a pooler, for a lock of the session keeps two from deploying at once.
 */
export async function deployMigrations(databaseUrl: string, folder = DEFAULT_FOLDER): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [MIGRATE_LOCK]);
    await client.query(`CREATE TABLE IF NOT EXISTS _prisma_migrations (
      id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz,
      migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz,
      started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0)`);
    const done = await appliedBefore(client);
    const applied: string[] = [];
    for (const migration of readMigrations(folder)) {
      const before = done.get(migration.name);
      if (before === undefined) {
        await apply(client, migration);
        applied.push(migration.name);
      } else if (!before.finished) {
        throw new Error(`Migration ${migration.name} was begun and not finished: repair the database by hand first.`);
      } else if (before.checksum !== migration.checksum) {
        throw new Error(
          `Migration ${migration.name} was changed after it was applied: restore the file, or start from an empty database.`,
        );
      }
    }
    return applied;
  } finally {
    await client.end();
  }
}

type Migration = Readonly<{ name: string; sql: string; checksum: string }>;

const readMigrations = (folder: string): Migration[] =>
  readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "migration.sql")))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    });

async function appliedBefore(client: pg.Client): Promise<Map<string, { checksum: string; finished: boolean }>> {
  const { rows } = await client.query<{ name: string; checksum: string; finished: boolean }>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
     FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
  );
  return new Map(rows.map((row) => [row.name, row]));
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw new Error(`Migration ${name} failed: ${(error as Error).message}`, { cause: error });
  }
}

if (import.meta.main) {
  // Past a pooler: the lock is the session's. An empty variable means unset.
  const url = process.env.DATABASE_DIRECT_URL || process.env.DATABASE_URL;
  if (!url) throw new Error("DATABASE_URL is not set.");
  const applied = await deployMigrations(url);
  console.info(applied.length === 0 ? "the schema is up to date" : `applied ${applied.join(", ")}`);
}
