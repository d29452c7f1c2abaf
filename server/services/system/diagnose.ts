import {
  clusterCheck,
  databaseChecks,
  diskCheck,
  environmentChecks,
  failed,
  metricsChecks,
  webhookCheck,
  workerCheck,
} from "#domain/system/checks.ts";
import type { SystemCheck } from "#domain/system/schema.ts";
import type { Services } from "#server/services/context.ts";
import { seeClusters, seeDatabase, seeEnvironments, seeLeader, seeMetrics, seeServing, seeWebhook } from "./observe.ts";

export type Diagnosed = Pick<Services, "db" | "metrics" | "artifacts" | "migrationsDir" | "webhook">;

const CHECK_MS_MAX = 5_000;

/**
 * Everything that this installation needs, looked at anew; reads only. Each check has its own time: one that hangs says
 * so and holds up none of the others. Rejects never, also when the database is away.
 */
export async function diagnose(
  { db, metrics, artifacts, migrationsDir, webhook }: Diagnosed,
  signal: AbortSignal,
): Promise<SystemCheck[]> {
  const now = new Date();
  const isDatabaseUp = db.read.$queryRaw`SELECT 1`.then(
    () => true,
    () => false,
  );
  const serving = async () => ((await isDatabaseUp) ? seeServing(db) : null);
  const checks: Promise<SystemCheck[]>[] = [
    within("Database", IS_IT_UP, async () => databaseChecks(await seeDatabase(db, migrationsDir))),
    within("Worker", IS_IT_UP, async () => [workerCheck(await seeLeader(db), now)]),
    within("Prometheus", "See whether it is up.", async () =>
      metricsChecks(await seeMetrics(metrics, signal), await serving()),
    ),
    within("Clusters", IS_IT_UP, async () => (await seeClusters(db)).map((seen) => clusterCheck(seen, now))),
    within("Environments", IS_IT_UP, async () =>
      (await seeEnvironments(db)).flatMap((seen) => environmentChecks(seen, now)),
    ),
    within("Disk of artifacts", "See whether the folder is there and readable.", async () => [
      diskCheck("Disk of artifacts", await artifacts.space()),
    ]),
    within("Webhook", IS_IT_UP, async () => [webhookCheck(await seeWebhook(db, webhook), now)]),
  ];
  return (await Promise.all(checks)).flat();
}

const IS_IT_UP = "See whether PostgreSQL is up, and whether DATABASE_URL leads to it.";

async function within(name: string, fix: string, look: () => Promise<SystemCheck[]>): Promise<SystemCheck[]> {
  const late = Promise.withResolvers<SystemCheck[]>();
  const timer = setTimeout(
    () => late.resolve([failed(name, `Did not answer within ${CHECK_MS_MAX / 1_000} s.`, fix)]),
    CHECK_MS_MAX,
  );
  const looking = look().catch((error: unknown) => [failed(name, `Could not be looked at: ${wordsOf(error)}`, fix)]);
  return Promise.race([looking, late.promise]).finally(() => clearTimeout(timer));
}

/** An error of the database library tells its whole query first. */
const wordsOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).trim().split("\n").at(-1)?.slice(0, 300) ?? "";
