import type { Condition } from "#domain/shared/condition.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { storableJson } from "#server/db/json.ts";

export type ConditionReport = Omit<Condition, "lastTransitionAt">;
export type SubjectCondition = ConditionReport &
  Readonly<{ subjectKind: "cluster" | "environment" | "endpoint" | "revision"; subjectId: string }>;

/** `lastTransitionAt` is kept unless the status flips, so "since when" stays true across rewrites. */
export const upsertConditions = (conditions: readonly SubjectCondition[]) => Prisma.sql`
  INSERT INTO "Condition" AS c ("subjectKind", "subjectId", type, status, reason, message, "observedGeneration",
                                "lastTransitionAt")
  SELECT n."subjectKind", n."subjectId", n.type, n.status, n.reason, n.message, n."observedGeneration",
         clock_timestamp()
  FROM jsonb_to_recordset(${storableJson(conditions)}::jsonb) AS n("subjectKind" text, "subjectId" uuid, type text,
    status text, reason text, message text, "observedGeneration" int)
  ON CONFLICT ("subjectKind", "subjectId", type) DO UPDATE SET status = excluded.status, reason = excluded.reason,
    message = excluded.message, "observedGeneration" = excluded."observedGeneration",
    "lastTransitionAt" = CASE WHEN c.status = excluded.status THEN c."lastTransitionAt"
                         ELSE excluded."lastTransitionAt" END`;

/** Whether reporting it would change the row. */
export const conditionDiffers = (before: ConditionReport | undefined, now: ConditionReport): boolean =>
  before === undefined ||
  before.status !== now.status ||
  before.reason !== now.reason ||
  before.message !== now.message ||
  before.observedGeneration !== now.observedGeneration;
