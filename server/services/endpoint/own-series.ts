import type { Tx } from "#server/db/client.ts";

/**
 * From when on, in seconds since 1970, what is measured under each endpoint's name is its own: names are given again, and
 * a rate that looks back over `windowSeconds` still sees the last requests of whoever had the name before. By uid.
 */
export async function ownSince(
  tx: Tx,
  uids: readonly string[],
  windowSeconds: number,
): Promise<(endpointUid: string) => number> {
  const rows = await tx.$queryRaw<{ uid: string; seconds: number }[]>`
    SELECT e.uid, extract(epoch FROM greatest(date_trunc('second', e."createdAt"),
             max(before."deletedAt") + make_interval(secs => ${windowSeconds}::float8)))::float8 AS seconds
    FROM "Endpoint" e LEFT JOIN "Endpoint" before ON before."environmentId" = e."environmentId"
      AND before.name = e.name AND before."deletedAt" <= e."createdAt"
    WHERE e.uid = ANY(${[...uids]}::uuid[]) GROUP BY e.uid`;
  const found = new Map(rows.map(({ uid, seconds }) => [uid, seconds]));
  return (uid) => found.get(uid) ?? Infinity;
}
