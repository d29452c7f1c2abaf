import type { Tx } from "./client.ts";

export type AuditEntry = Readonly<{
  actor: { kind: "user" | "token" | "system"; id: string; name: string };
  /** `<entity>.<verb>`, such as `endpoint.rollback`. */
  action: string;
  subject: { kind: string; id: string; name: string };
  /** JSON values; absent: nothing was there before, or is after. */
  before?: unknown;
  after?: unknown;
  reason?: string;
  requestId: string;
}>;

/** What the worker must look at again: a cluster's or environment's id, or an endpoint's uid. */
export type ChangeKey = Readonly<{ kind: "cluster" | "environment" | "endpoint"; key: string }>;

export const CHANGE_CHANNEL = "slipway_change";
/** A hint, without content, that a screen may show something old: a change of any kind, or a new status. */
export const NEWS_CHANNEL = "slipway_news";

// Any fixed number will do; it is shared by every process that records changes.
const RECORD_LOCK = 7_114_701;

/**
 * Last step of a writing transaction: its one audit row, and a change row where the worker has something to do.
 * The lock is held from here to the commit, so that ids are handed out in commit order and a reader that has seen
 * id n has seen everything below n: a row gets its id when it is made from the lock's. Call it once per transaction, after all other statements.
 */
export async function recordChange(tx: Tx, entry: { audit: AuditEntry; change?: ChangeKey }): Promise<void> {
  const { audit, change } = entry;
  const kind = change?.kind ?? null;
  const key = change?.key ?? null;
  await tx.$queryRaw`
    WITH lock AS MATERIALIZED (
      SELECT pg_advisory_xact_lock(${RECORD_LOCK}::bigint)
    ), audit AS (
      INSERT INTO "Audit" ("actorKind", "actorId", "actorName", action, "subjectKind", "subjectId", "subjectName",
                           before, after, reason, "requestId")
      SELECT ${audit.actor.kind}, ${audit.actor.id}, ${audit.actor.name}, ${audit.action}, ${audit.subject.kind},
             ${audit.subject.id}, ${audit.subject.name}, ${toJson(audit.before)}::jsonb, ${toJson(audit.after)}::jsonb,
             ${audit.reason ?? ""}, ${audit.requestId}
      FROM lock
    ), change AS (
      INSERT INTO "Change" (kind, key) SELECT ${kind}::text, ${key}::text FROM lock WHERE ${kind}::text IS NOT NULL
      RETURNING id, kind, key
    )
    SELECT pg_notify(${NEWS_CHANNEL}, '')::text,
      (SELECT pg_notify(${CHANGE_CHANNEL}, json_build_object('id', id::text, 'kind', kind, 'key', key)::text)::text
       FROM change)`;
}

const toJson = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
