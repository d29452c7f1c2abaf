import type { EndpointRef } from "#domain/endpoint/schema.ts";
import { type EnvironmentKind, environmentKindSchema } from "#domain/environment/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import type { Tx } from "#server/db/client.ts";

export type EndpointRow = Readonly<{
  uid: string;
  name: string;
  generation: number;
  salt: string;
  healthTargets: unknown;
  pinnedAt: Date | null;
  silencedUntil: Date | null;
  deletedAt: Date | null;
  createdBy: string;
  createdAt: Date;
  /** Number of the newest plan, and of the one in the cluster as last read; 0: none. */
  newestPlan: number;
  clusterPlan: number;
  /** The worker has found another plan in the cluster than this database knows by its number. */
  isBehind: boolean;
  environment: Readonly<{
    id: string;
    name: string;
    kind: EnvironmentKind;
    gatewayUrl: string;
    observedAt: Date | null;
  }>;
}>;

type Raw = Omit<EndpointRow, "environment"> & {
  environmentId: string;
  environmentName: string;
  environmentKind: string;
  gatewayUrl: string;
  environmentObservedAt: Date | null;
};

const toRow = ({
  environmentId,
  environmentName,
  environmentKind,
  gatewayUrl,
  environmentObservedAt,
  ...raw
}: Raw) => ({
  ...raw,
  environment: {
    id: environmentId,
    name: environmentName,
    kind: environmentKindSchema.parse(environmentKind),
    gatewayUrl,
    observedAt: environmentObservedAt,
  },
});

const SELECT_ENDPOINTS = `
  SELECT e.uid, e.name, e.generation, e.salt, e."healthTargets", e."pinnedAt", e."silencedUntil",
         e."deletedAt", e."createdBy", e."createdAt", v.id AS "environmentId", v.name AS "environmentName", v.kind AS "environmentKind",
         v."gatewayUrl", vs."observedAt" AS "environmentObservedAt", coalesce(s."publishedPlan", 0) AS "clusterPlan",
         EXISTS (SELECT FROM "Condition" c WHERE c."subjectKind" = 'endpoint' AND c."subjectId" = e.uid
           AND c.type = 'DatabaseBehindCluster' AND c.status = 'True') AS "isBehind",
         (SELECT coalesce(max(p.number), 0) FROM "TrafficPlan" p WHERE p."endpointUid" = e.uid) AS "newestPlan"
  FROM "Endpoint" e
  JOIN "Environment" v ON v.id = e."environmentId"
  LEFT JOIN "EnvironmentStatus" vs ON vs."environmentId" = v.id
  LEFT JOIN "EndpointStatus" s ON s."endpointUid" = e.uid
  WHERE e.name = $1 AND ($2::text IS NULL OR v.name = $2) AND (e."deletedAt" IS NULL OR s."purgedAt" IS NULL)
  ORDER BY e."deletedAt" IS NOT NULL, v.name`;

/**
 * The endpoint that a call names, also one that is still being deleted.
 * Throws `not_found`, or `ambiguous_endpoint` when several environments have one of this name.
 */
export const findEndpoint = async (tx: Tx, ref: EndpointRef): Promise<EndpointRow> =>
  theOne(await tx.$queryRawUnsafe<Raw[]>(SELECT_ENDPOINTS, ref.endpoint, ref.environment ?? null), ref);

/**
 * As `findEndpoint`, locked until the transaction ends: plans of an endpoint are decided one after the other.
 * Throws `endpoint_deleting` too, and `plan_conflict` while the cluster holds a plan that this database does not know:
 * a restored backup must not hand out its numbers a second time.
 */
export async function lockEndpoint(tx: Tx, ref: EndpointRef): Promise<EndpointRow> {
  const row = await lockEvenBehind(tx, ref);
  if (!isDatabaseBehind(row)) return row;
  throw new DomainError(
    "plan_conflict",
    `The cluster holds plan ${row.clusterPlan} of this endpoint, this database knows ${row.newestPlan}: it seems to be an older copy. To go on with what the database says: POST /endpoints/${row.name}/reassert.`,
    { detail: { clusterPlan: row.clusterPlan, newestPlan: row.newestPlan } },
  );
}

/** Once a number above the cluster's was decided, that is what holds, whether or not the worker has said so yet. */
export const isDatabaseBehind = ({ clusterPlan, newestPlan, isBehind }: EndpointRow): boolean =>
  clusterPlan > newestPlan || (clusterPlan === newestPlan && isBehind);

/** As `lockEndpoint`, also while the database is behind the cluster. */
export async function lockEvenBehind(tx: Tx, ref: EndpointRef): Promise<EndpointRow> {
  const locking = `${SELECT_ENDPOINTS} FOR UPDATE OF e`;
  const row = theOne(await tx.$queryRawUnsafe<Raw[]>(locking, ref.endpoint, ref.environment ?? null), ref);
  if (row.deletedAt !== null) throw deleting(ref.endpoint, row.deletedAt);
  return row;
}

export const deleting = (name: string, since: Date) =>
  new DomainError("endpoint_deleting", `The endpoint "${name}" is being deleted since ${since.toISOString()}.`);

function theOne(rows: readonly Raw[], ref: EndpointRef): EndpointRow {
  const live = rows.filter((row) => row.deletedAt === null);
  const candidates = live.length > 0 ? live : rows.slice(0, 1);
  const [only, ...others] = candidates;
  if (only === undefined) {
    const where = ref.environment === undefined ? "" : ` in environment "${ref.environment}"`;
    throw new DomainError("not_found", `There is no endpoint "${ref.endpoint}"${where}.`);
  }
  if (others.length === 0) return toRow(only);
  const environments = candidates.map((row) => row.environmentName);
  throw new DomainError(
    "ambiguous_endpoint",
    `There are endpoints "${ref.endpoint}" in several environments; add ?environment= with one of ${environments.join(", ")}.`,
    { detail: { environments } },
  );
}
