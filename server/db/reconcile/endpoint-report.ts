import type { EventView, PodView } from "#domain/revision/pods.ts";
import type { Trouble } from "#domain/shared/views.ts";
import type { PlanState } from "#domain/traffic/plan-state.ts";
import type { Database } from "#server/db/client.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { NEWS_CHANNEL } from "#server/db/record-change.ts";
import { type SubjectCondition, upsertConditions } from "./conditions.ts";

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
  await db.read.$executeRaw`
    WITH revisions AS (${upsertRevisions(report.revisions)}),
      conditions AS (${upsertConditions(report.conditions)}),
      acks AS (${upsertAcks(report)}),
      forgotten AS (${forgetAcks(report)}),
      plan AS (${updatePlan(report.plan)}),
      ended AS (${endOlderPlans(report.plan)}),
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

const upsertRevisions = (revisions: readonly RevisionReport[]) => Prisma.sql`
  INSERT INTO "RevisionStatus" AS rs ("revisionId", "desiredReplicas", "readyReplicas", "progressSince",
                                "deadlineMissedAt", pods, events, trouble, "firstReadyAt", "observedAt")
  SELECT r."revisionId", r."desiredReplicas", r."readyReplicas", r."progressSince", r."deadlineMissedAt",
         r.pods, r.events, r.trouble, CASE WHEN r."readyReplicas" > 0 THEN clock_timestamp() END, clock_timestamp()
  FROM jsonb_to_recordset(${JSON.stringify(revisions)}::jsonb) AS r("revisionId" uuid, "desiredReplicas" int,
    "readyReplicas" int, "progressSince" timestamptz, "deadlineMissedAt" timestamptz, pods jsonb, events jsonb,
    trouble jsonb)
  ON CONFLICT ("revisionId") DO UPDATE SET "desiredReplicas" = excluded."desiredReplicas",
    "readyReplicas" = excluded."readyReplicas", "progressSince" = excluded."progressSince",
    "deadlineMissedAt" = excluded."deadlineMissedAt", pods = excluded.pods, events = excluded.events,
    trouble = excluded.trouble, "firstReadyAt" = coalesce(rs."firstReadyAt", excluded."firstReadyAt"),
    "observedAt" = excluded."observedAt"`;

const upsertAcks = ({ endpointUid, acks }: EndpointReport) => Prisma.sql`
  INSERT INTO "PlanAck" AS a ("endpointUid", "podUid", "podName", "nodeName", "planNumber")
  SELECT ${endpointUid}::uuid, n."podUid", n."podName", n."nodeName", n."planNumber"
  FROM jsonb_to_recordset(${JSON.stringify(acks)}::jsonb) AS n("podUid" text, "podName" text, "nodeName" text,
    "planNumber" int)
  ON CONFLICT ("endpointUid", "podUid") DO UPDATE SET "planNumber" = excluded."planNumber",
    "ackedAt" = clock_timestamp() WHERE a."planNumber" < excluded."planNumber"`;

const forgetAcks = ({ endpointUid, routerPodUids }: EndpointReport) => Prisma.sql`
  DELETE FROM "PlanAck" WHERE ${routerPodUids !== null} AND "endpointUid" = ${endpointUid}::uuid
    AND "podUid" NOT IN (SELECT jsonb_array_elements_text(${JSON.stringify(routerPodUids ?? [])}::jsonb))`;

const updatePlan = (plan: PlanReport | undefined) => Prisma.sql`
  UPDATE "TrafficPlanStatus" SET
    state = CASE WHEN state = 'pending' THEN ${plan?.state ?? "pending"} ELSE state END,
    "appliedAt" = CASE WHEN state = 'pending' AND ${plan?.state === "applied"} THEN clock_timestamp()
                  ELSE "appliedAt" END,
    "failedAt" = CASE WHEN state = 'pending' AND ${plan?.state === "failed"} THEN clock_timestamp()
                 ELSE "failedAt" END,
    failure = CASE WHEN state = 'pending' THEN ${plan?.failure ?? null}::text ELSE failure END,
    "firstServedAt" = CASE WHEN ${plan?.served === true} THEN coalesce("firstServedAt", clock_timestamp())
                      ELSE "firstServedAt" END
  WHERE "planId" = ${plan?.planId ?? null}::uuid`;

const endOlderPlans = (plan: PlanReport | undefined) => Prisma.sql`
  UPDATE "TrafficPlanStatus" s SET "supersededAt" = clock_timestamp()
  FROM "TrafficPlan" older, "TrafficPlan" newer
  WHERE ${plan?.served === true} AND newer.id = ${plan?.planId ?? null}::uuid
    AND older."endpointUid" = newer."endpointUid" AND older.number < newer.number AND s."planId" = older.id
    AND s.state = 'applied' AND s."supersededAt" IS NULL`;
