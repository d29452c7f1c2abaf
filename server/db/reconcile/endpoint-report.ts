import type { EventView, PodView } from "#domain/revision/pods.ts";
import type { Trouble } from "#domain/shared/views.ts";
import type { PlanState } from "#domain/traffic/plan-state.ts";
import type { Database } from "#server/db/client.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { storableJson } from "#server/db/json.ts";
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
  plans: readonly PlanReport[];
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
      plans AS (${updatePlans(report.plans)}),
      ended AS (${endOlderPlans(report.plans)}),
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
  FROM jsonb_to_recordset(${storableJson(revisions)}::jsonb) AS r("revisionId" uuid, "desiredReplicas" int,
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
  FROM jsonb_to_recordset(${storableJson(acks)}::jsonb) AS n("podUid" text, "podName" text, "nodeName" text,
    "planNumber" int)
  ON CONFLICT ("endpointUid", "podUid") DO UPDATE SET "planNumber" = excluded."planNumber",
    "ackedAt" = clock_timestamp() WHERE a."planNumber" < excluded."planNumber"`;

const forgetAcks = ({ endpointUid, routerPodUids }: EndpointReport) => Prisma.sql`
  DELETE FROM "PlanAck" WHERE ${routerPodUids !== null} AND "endpointUid" = ${endpointUid}::uuid
    AND "podUid" NOT IN (SELECT jsonb_array_elements_text(${storableJson(routerPodUids ?? [])}::jsonb))`;

const updatePlans = (plans: readonly PlanReport[]) => Prisma.sql`
  UPDATE "TrafficPlanStatus" s SET
    state = CASE WHEN s.state = 'pending' THEN n.state ELSE s.state END,
    "appliedAt" = CASE WHEN s.state = 'pending' AND n.state = 'applied' THEN clock_timestamp() ELSE s."appliedAt" END,
    "failedAt" = CASE WHEN s.state = 'pending' AND n.state = 'failed' THEN clock_timestamp() ELSE s."failedAt" END,
    failure = CASE WHEN s.state = 'pending' THEN n.failure ELSE s.failure END,
    "firstServedAt" = CASE WHEN n.served THEN coalesce(s."firstServedAt", clock_timestamp()) ELSE s."firstServedAt" END
  FROM jsonb_to_recordset(${storableJson(plans)}::jsonb) AS n("planId" uuid, state text, failure text, served boolean)
  WHERE s."planId" = n."planId"`;

const endOlderPlans = (plans: readonly PlanReport[]) => Prisma.sql`
  UPDATE "TrafficPlanStatus" s SET "supersededAt" = clock_timestamp()
  FROM "TrafficPlan" older, "TrafficPlan" newer
  WHERE newer.id = ANY(${plans.filter(({ served }) => served).map(({ planId }) => planId)}::uuid[])
    AND older."endpointUid" = newer."endpointUid" AND older.number < newer.number AND s."planId" = older.id
    AND s.state = 'applied' AND s."supersededAt" IS NULL`;
