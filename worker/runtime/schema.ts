import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "#server/config/env.ts";
import { openDatabase } from "#server/db/client.ts";
import type { Log } from "#server/observability/log.ts";
import { whyNotReady } from "#server/services/installation/ready.ts";

const POLL_MS = 1_000;

/** Waits for the migrations of this release: before them neither to lead nor to stand by is of use, and both do harm. */
export async function untilMigrated({ databaseUrl, migrationsDir }: Config, log: Log): Promise<void> {
  const db = openDatabase(databaseUrl, { connectionsMax: 1 });
  let told: string | null = null;
  for (;;) {
    const why = await whyNotReady(db, migrationsDir);
    if (why === null) return db.close();
    if (why !== told) log.warn({ why }, "not ready yet");
    told = why;
    await sleep(POLL_MS);
  }
}
