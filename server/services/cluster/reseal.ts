import type { Database } from "#server/db/client.ts";
import { openAccess, sealAccess } from "#server/db/cluster-access.ts";
import type { Vault } from "#server/db/vault.ts";

/**
 * Encrypts anew what was encrypted with the key before this one, so that the old key can be forgotten. The credentials
 * stay as they are: nothing that anybody sees changes. Answers how many there were. Throws VaultError.
 */
export async function resealClusters(db: Database, vault: Vault): Promise<number> {
  const rows = await db.read.cluster.findMany({ where: { sealedAccess: { not: null } } });
  let resealed = 0;
  for (const { id, sealedAccess } of rows) {
    if (sealedAccess === null || !vault.isOld(sealedAccess)) continue;
    const renewed = sealAccess(vault, id, openAccess(vault, id, sealedAccess));
    // Whoever gave new ones meanwhile was faster.
    resealed += await db.read.$executeRaw`
      UPDATE "Cluster" SET "sealedAccess" = ${renewed} WHERE id = ${id}::uuid AND "sealedAccess" = ${sealedAccess}`;
  }
  return resealed;
}
