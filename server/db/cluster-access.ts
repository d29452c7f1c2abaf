import { type ClusterAccess, clusterAccessSchema } from "#domain/cluster/access.ts";
import type { Vault } from "./vault.ts";

const purposeOf = (clusterId: string) => `cluster/${clusterId}`;

/** As it stands in `Cluster.sealedAccess`. */
export const sealAccess = (vault: Vault, clusterId: string, access: ClusterAccess): string =>
  vault.seal(JSON.stringify(access), purposeOf(clusterId));

/** Throws VaultError. */
export const openAccess = (vault: Vault, clusterId: string, sealed: string): ClusterAccess =>
  clusterAccessSchema.parse(JSON.parse(vault.open(sealed, purposeOf(clusterId))));
