import type { News } from "#domain/changes/schema.ts";
import type { Database } from "./client.ts";
import { STALE_MS } from "./fleet.ts";
import { NEWS_CHANNEL } from "./record-change.ts";
import type { DatabaseSession } from "./session.ts";

/** Notifications are hints, and can be lost: this often the tables are read without one. */
const LOOK_MS = 5_000;
/** Of many notifications in a row only one leads to a look. */
const GATHER_MS = 200;
const TOLD_MAX = 500;

type Subject = News["changed"][number];
export type NumberedNews = Readonly<{ id: string; news: News }>;

/**
 * News of this process' database, read once however many follow. Nothing is read while nobody does, and nothing is
 * told while the database does not answer: silence is what followers call stale.
 */
export type ChangeFeed = Readonly<{
  /** First what happened after audit row `since`, then whatever happens, at least every 5 s. Ends with `signal`. */
  follow(since: string | null, signal: AbortSignal): AsyncGenerator<NumberedNews>;
}>;

export function createChangeFeed(db: Database, session: DatabaseSession, onLost: (error: unknown) => void): ChangeFeed {
  const followers = new Set<(news: NumberedNews) => void>();
  let running: Reading | null = null;
  const tellAll = (news: NumberedNews) => {
    for (const tell of followers) tell(news);
  };

  return {
    async *follow(since, signal) {
      const waiting: NumberedNews[] = [];
      let wake = Promise.withResolvers<void>();
      const tell = (news: NumberedNews) => {
        waiting.push(news);
        wake.resolve();
      };
      const end = () => wake.resolve();
      signal.addEventListener("abort", end);
      // Before the first read, so that nothing falls between the two.
      followers.add(tell);
      try {
        const { news, newest } = await readNews(db, since === null ? null : BigInt(since));
        running ??= startReading(db, session, newest, tellAll, onLost);
        // Status carries no number: what it did while a stream was away, if only to be renewed, nobody can tell one by one.
        const missed = since !== null || running.told() > newest;
        yield { id: String(newest), news: missed ? { ...news, everything: true } : news };
        while (!signal.aborted) {
          const next = waiting.shift();
          if (next !== undefined) yield next;
          else {
            await wake.promise;
            wake = Promise.withResolvers();
          }
        }
      } finally {
        signal.removeEventListener("abort", end);
        followers.delete(tell);
        if (followers.size === 0) {
          running?.stop();
          running = null;
        }
      }
    },
  };
}

type Reading = Readonly<{ told: () => bigint; stop: () => void }>;

/** Reads when it is notified and every 5 s, never twice at a time, and tells what is new after audit row `from`. */
function startReading(
  db: Database,
  session: DatabaseSession,
  from: bigint,
  tell: (news: NumberedNews) => void,
  onLost: (error: unknown) => void,
): Reading {
  const statuses = createStatusMemory(db);
  const stopping = new AbortController();
  let told = from;
  let busy = false;
  let again = false;
  let gathering: ReturnType<typeof setTimeout> | undefined;

  const look = async () => {
    const { news, newest } = await readNews(db, told);
    const touched = await statuses.touched();
    told = newest;
    tell({ id: String(newest), news: { ...news, changed: distinct([...news.changed, ...touched]) } });
  };
  const lookSoon = () => {
    if (busy) again = true;
    if (busy || stopping.signal.aborted) return;
    busy = true;
    again = false;
    look()
      .catch(onLost)
      .finally(() => {
        busy = false;
        if (again) hint();
      });
  };
  const hint = () => {
    gathering ??= setTimeout(() => {
      gathering = undefined;
      lookSoon();
    }, GATHER_MS);
  };
  session.listen(NEWS_CHANNEL, hint).then((unlisten) => {
    if (stopping.signal.aborted) unlisten();
    else stopping.signal.addEventListener("abort", unlisten);
  }, onLost);
  const timer = setInterval(lookSoon, LOOK_MS);
  lookSoon();
  const stop = () => {
    clearInterval(timer);
    clearTimeout(gathering);
    stopping.abort();
  };
  return { told: () => told, stop };
}

/** `since` null: only where things stand. */
async function readNews(db: Database, since: bigint | null): Promise<{ news: News; newest: bigint }> {
  const [state] = await db.read.$queryRaw<{ at: Date; observedAt: Date | null; newest: bigint }[]>`
    SELECT clock_timestamp() AS at,
           (SELECT min(coalesce(s."observedAt", e."createdAt")) FROM "Environment" e
            LEFT JOIN "EnvironmentStatus" s ON s."environmentId" = e.id WHERE e."removedAt" IS NULL) AS "observedAt",
           (SELECT coalesce(max(id), 0) FROM "Audit") AS newest`;
  if (state === undefined) throw new Error("The database answered without a row");
  const rows =
    since === null || since >= state.newest
      ? []
      : await db.read.audit.findMany({
          where: { id: { gt: since, lte: state.newest } },
          select: { subjectKind: true, subjectId: true, subjectName: true },
          orderBy: { id: "asc" },
          take: TOLD_MAX + 1,
        });
  const everything = rows.length > TOLD_MAX;
  const changed = everything
    ? []
    : rows.map((row) => ({ kind: row.subjectKind, id: row.subjectId, name: row.subjectName }));
  const news = {
    at: state.at.toISOString(),
    observedAt: state.observedAt?.toISOString() ?? null,
    changed: distinct(changed),
    everything,
  };
  return { news, newest: state.newest };
}

/** Status carries no sequence, so what it was is remembered and compared; that nobody confirms it any more is news too. */
function createStatusMemory(db: Database) {
  let known: Map<string, string> | null = null;
  return {
    async touched(): Promise<Subject[]> {
      const rows = await db.read.$queryRaw<{ id: string; name: string; mark: string }[]>`
        SELECT e.uid::text AS id, e.name, concat_ws('|', s."observedAt", h.state, h.cause, h.since, h."blindSince", i.id, i.severity,
                 i."resolvedAt", v."observedAt" < clock_timestamp() - make_interval(secs => ${STALE_MS / 1_000}::float8)) AS mark
        FROM "Endpoint" e
        LEFT JOIN "EndpointStatus" s ON s."endpointUid" = e.uid
        LEFT JOIN "EnvironmentStatus" v ON v."environmentId" = e."environmentId"
        LEFT JOIN "EndpointHealth" h ON h."endpointUid" = e.uid
        LEFT JOIN LATERAL (SELECT i.id, i.severity, i."resolvedAt" FROM "Incident" i WHERE i."endpointUid" = e.uid
                           ORDER BY i."openedAt" DESC LIMIT 1) i ON true
        WHERE s."purgedAt" IS NULL`;
      const before = known;
      known = new Map(rows.map(({ id, mark }) => [id, mark]));
      if (before === null) return [];
      const touched = rows.filter(({ id, mark }) => before.get(id) !== mark);
      return touched.map(({ id, name }) => ({ kind: "endpoint", id, name }));
    },
  };
}

const distinct = (subjects: readonly Subject[]): Subject[] => [
  ...new Map(subjects.map((subject) => [`${subject.kind} ${subject.id}`, subject])).values(),
];
