import type { Tx } from "./client.ts";

type Row = Readonly<{
  endpoint: string;
  environment: string;
  environmentKind: "development" | "production";
  gatewayUrl: string;
  plan: number;
  revision: number;
  version: number;
  role: "live" | "shadow";
  weightBps: number;
}>;

/** Entries of newest plans that serve a version of `model`, most traffic first. */
export const findServing = (tx: Tx, model: string): Promise<Row[]> => tx.$queryRaw<Row[]>`
  SELECT e.name AS endpoint, v.name AS environment, v.kind AS "environmentKind", v."gatewayUrl", newest.number AS plan,
         t.revision, mv.number AS version, t.role, t."weightBps"
  FROM "Model" m
  JOIN "ModelVersion" mv ON mv."modelId" = m.id
  JOIN "Revision" r ON r."versionId" = mv.id
  JOIN "Endpoint" e ON e.uid = r."endpointUid" AND e."deletedAt" IS NULL
  JOIN "Environment" v ON v.id = e."environmentId"
  CROSS JOIN LATERAL (
    SELECT p.id, p.number FROM "TrafficPlan" p WHERE p."endpointUid" = e.uid ORDER BY p.number DESC LIMIT 1
  ) newest
  JOIN "TrafficPlanEntry" t ON t."planId" = newest.id AND t.revision = r.number
  WHERE m.name = ${model}
  ORDER BY t.role, t."weightBps" DESC, e.name, v.name`;
