import type { EventView, PodView } from "#domain/revision/pods.ts";
import type { Condition } from "#domain/shared/condition.ts";
import type { Trouble } from "#domain/shared/views.ts";
import type { PlanState } from "#domain/traffic/plan-state.ts";
import type { Database } from "#server/db/client.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { NEWS_CHANNEL } from "#server/db/record-change.ts";

export type ConditionReport = Omit<Condition, "lastTransitionAt">;
export type SubjectCondition = ConditionReport & Readonly<{ subjectKind: "endpoint" | "revision"; subjectId: string }>;

export type RevisionReport = Readonly<{
  revisionId: string;
  desiredReplicas: number;
  readyReplicas: number;
  progressSince: Date | null;
  deadlineMissedAt: Date | null;
  pods: readonly PodView[];
  events: readonly EventView[];
  trouble: Trouble | null;
}>;

export type PlanReport = Readonly<{
  planId: string;
  state: PlanState;
  failure: string | null;
  /** Some router serves it: what was applied before ends. */
  served: boolean;
}>;

export type AckReport = Readonly<{ podUid: string; podName: string; nodeName: string; planNumber: number }>;

/** What a reconcile saw. Parts that did not change are left out: undefined or empty. */
export type EndpointReport = Readonly<{
  endpointUid: string;
  observedGeneration: number;
  publishedPlan: number;
  acknowledged: number;
  routers: number;
  purged: boolean;
  plan?: PlanReport;
  revisions: readonly RevisionReport[];
  conditions: readonly SubjectCondition[];
  acks: readonly AckReport[];
  /** Acknowledgements of other pods than these are of no use any more; null: keep them. */
  routerPodUids: readonly string[] | null;
}>;

/**
 * One statement. Times are the database's; a condition keeps `lastTransitionAt` unless its status flips; a plan leaves
 * `pending` only if a newer one did not supersede it meanwhile.
 */
export async function reportEndpoint(db: Database, report: EndpointReport): Promise<void> {
  const { endpointUid: uid } = report;
  const json = (value: unknown) => JSON.stringify(value);
  await db.read.$executeRaw`
    WITH revisions AS (
      INSERT INTO "RevisionStatus" AS rs ("revisionId", "desiredReplicas", "readyReplicas", "progressSince",
                                    "deadlineMissedAt", pods, events, trouble, "firstReadyAt", "observedAt")
      SELECT r."revisionId", r."desiredReplicas", r."readyReplicas", r."progressSince", r."deadlineMissedAt",
             r.pods, r.events, r.trouble, CASE WHEN r."readyReplicas" > 0 THEN clock_timestamp() END, clock_timestamp()
      FROM jsonb_to_recordset(${json(report.revisions)}::jsonb) AS r("revisionId" uuid, "desiredReplicas" int,
        "readyReplicas" int, "progressSince" timestamptz, "deadlineMissedAt" timestamptz, pods jsonb, events jsonb,
        trouble jsonb)
      ON CONFLICT ("revisionId") DO UPDATE SET "desiredReplicas" = excluded."desiredReplicas",
        "readyReplicas" = excluded."readyReplicas", "progressSince" = excluded."progressSince",
        "deadlineMissedAt" = excluded."deadlineMissedAt", pods = excluded.pods, events = excluded.events,
        trouble = excluded.trouble, "firstReadyAt" = coalesce(rs."firstReadyAt", excluded."firstReadyAt"), "observedAt" = excluded."observedAt"
    ), conditions AS (
      INSERT INTO "Condition" AS c ("subjectKind", "subjectId", type, status, reason, message, "observedGeneration",
                                    "lastTransitionAt")
      SELECT n."subjectKind", n."subjectId", n.type, n.status, n.reason, n.message, n."observedGeneration",
             clock_timestamp()
      FROM jsonb_to_recordset(${json(report.conditions)}::jsonb) AS n("subjectKind" text, "subjectId" uuid, type text,
        status text, reason text, message text, "observedGeneration" int)
      ON CONFLICT ("subjectKind", "subjectId", type) DO UPDATE SET status = excluded.status, reason = excluded.reason,
        message = excluded.message, "observedGeneration" = excluded."observedGeneration",
        "lastTransitionAt" = CASE WHEN c.status = excluded.status THEN c."lastTransitionAt"
                             ELSE excluded."lastTransitionAt" END
    ), acks AS (
      INSERT INTO "PlanAck" AS a ("endpointUid", "podUid", "podName", "nodeName", "planNumber")
      SELECT ${uid}::uuid, n."podUid", n."podName", n."nodeName", n."planNumber"
      FROM jsonb_to_recordset(${json(report.acks)}::jsonb) AS n("podUid" text, "podName" text, "nodeName" text,
        "planNumber" int)
      ON CONFLICT ("endpointUid", "podUid") DO UPDATE SET "planNumber" = excluded."planNumber",
        "ackedAt" = clock_timestamp() WHERE a."planNumber" < excluded."planNumber"
    ), forgotten AS (
      DELETE FROM "PlanAck" WHERE "endpointUid" = ${uid}::uuid
        AND "podUid" NOT IN (SELECT jsonb_array_elements_text(${json(report.routerPodUids)}::jsonb))
        AND ${report.routerPodUids !== null}
    ), ${planStatement(report.plan)},
    status AS (
    INSERT INTO "EndpointStatus" AS s ("endpointUid", "observedGeneration", "publishedPlan", "publishedAt", acknowledged,
                                       routers, "observedAt", "purgedAt")
    VALUES (${uid}::uuid, ${report.observedGeneration}, ${report.publishedPlan}, clock_timestamp(),
            ${report.acknowledged}, ${report.routers}, clock_timestamp(),
            CASE WHEN ${report.purged} THEN clock_timestamp() END)
    ON CONFLICT ("endpointUid") DO UPDATE SET "observedGeneration" = excluded."observedGeneration",
      "publishedPlan" = excluded."publishedPlan",
      "publishedAt" = CASE WHEN s."publishedPlan" = excluded."publishedPlan" THEN s."publishedAt"
                      ELSE excluded."publishedAt" END,
      acknowledged = excluded.acknowledged, routers = excluded.routers, "observedAt" = excluded."observedAt",
      "purgedAt" = coalesce(s."purgedAt", excluded."purgedAt")
    RETURNING "endpointUid")
    SELECT pg_notify(${NEWS_CHANNEL}, '')::text FROM status`;
}

/** How far the newest plan got, and the end of what was applied before it. */
const planStatement = (plan: PlanReport | undefined) => Prisma.sql`
    plan AS (
      UPDATE "TrafficPlanStatus" SET
        state = CASE WHEN state = 'pending' THEN ${plan?.state ?? "pending"} ELSE state END,
        "appliedAt" = CASE WHEN state = 'pending' AND ${plan?.state === "applied"} THEN clock_timestamp()
                      ELSE "appliedAt" END,
        "failedAt" = CASE WHEN state = 'pending' AND ${plan?.state === "failed"} THEN clock_timestamp()
                     ELSE "failedAt" END,
        failure = CASE WHEN state = 'pending' THEN ${plan?.failure ?? null}::text ELSE failure END,
        "firstServedAt" = CASE WHEN ${plan?.served === true} THEN coalesce("firstServedAt", clock_timestamp())
                          ELSE "firstServedAt" END
      WHERE "planId" = ${plan?.planId ?? null}::uuid
    ), ended AS (
      UPDATE "TrafficPlanStatus" s SET "supersededAt" = clock_timestamp()
      FROM "TrafficPlan" older, "TrafficPlan" newer
      WHERE ${plan?.served === true} AND newer.id = ${plan?.planId ?? null}::uuid
        AND older."endpointUid" = newer."endpointUid" AND older.number < newer.number AND s."planId" = older.id
        AND s.state = 'applied' AND s."supersededAt" IS NULL)`;
