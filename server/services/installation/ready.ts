import { readdir } from "node:fs/promises";
import type { Database } from "#server/db/client.ts";

/** Null once `ensureInstallation` has ended here, by whichever process; an environment is the last thing it makes. */
export async function whyNotSetUp(db: Database): Promise<string | null> {
  const any = await db.read.environment.findFirst({ select: { id: true } });
  return any === null ? "This installation is still being set up." : null;
}

/**
 * Null when this process can do its work; else why not, in a sentence.
 * A newer schema is fine, an older one is not: migrations expand first and contract a release later.
 */
export async function whyNotReady(db: Database, migrationsDir: string): Promise<string | null> {
  const entries = await readdir(migrationsDir, { withFileTypes: true });
  const wanted = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  try {
    const rows = await db.read.$queryRaw<{ name: string }[]>`
      SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
    const done = new Set(rows.map((row) => row.name));
    const missing = wanted.filter((name) => !done.has(name));
    return missing.length === 0 ? null : `The database lacks the migrations ${missing.join(", ")}.`;
  } catch {
    return "The database does not answer, or holds no schema yet.";
  }
}
