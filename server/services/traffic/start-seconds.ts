import { type Trouble, troubleSchema } from "#domain/shared/views.ts";
import type { Tx } from "#server/db/client.ts";

/** When nothing is known: a pod that starts, fetches and loads a model of some hundred megabytes. */
const START_SECONDS_DEFAULT = 40;

/**
 * How long the slowest of these revisions will take from no pod to a ready one: as long as it took when it was new, else
 * as long as the slowest of its endpoint did. Seconds, rounded up.
 */
export async function startSecondsOf(tx: Tx, endpointUid: string, revisions: readonly number[]): Promise<number> {
  if (revisions.length === 0) return 0;
  const measured = await tx.$queryRaw<{ revision: number; seconds: number }[]>`
    SELECT r.number AS revision, extract(epoch FROM r."firstReadyAt" - r."createdAt")::float8 AS seconds
    FROM (SELECT r.number, r."createdAt", s."firstReadyAt" FROM "Revision" r
          JOIN "RevisionStatus" s ON s."revisionId" = r.id
          WHERE r."endpointUid" = ${endpointUid}::uuid AND s."firstReadyAt" IS NOT NULL) r`;
  const own = measured.filter(({ revision }) => revisions.includes(revision));
  const known = own.length > 0 ? own : measured;
  if (known.length === 0) return START_SECONDS_DEFAULT;
  return Math.max(1, Math.ceil(Math.max(...known.map(({ seconds }) => seconds))));
}

const knownTrouble = troubleSchema.nullable().catch(null);

/** The first known reason for which pods of these revisions do not start as things are; null: none is known. */
export function whyNotStarting(
  revisions: readonly Readonly<{ status: { trouble: unknown } | null }>[],
): Trouble | null {
  return revisions.map(({ status }) => knownTrouble.parse(status?.trouble ?? null)).find((one) => one !== null) ?? null;
}
