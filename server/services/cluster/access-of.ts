import type { ClusterAccess } from "#domain/cluster/access.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { openAccess } from "#server/db/cluster-access.ts";
import { type Vault, VaultError } from "#server/db/vault.ts";

type Stored = Readonly<{ id: string; name: string; source: string; sealedAccess: string | null }>;

/** Null: the cluster of the kubeconfig that processes are started with. Throws `unavailable`. */
export function accessOf(vault: Vault, { id, name, source, sealedAccess }: Stored): ClusterAccess | null {
  if (source === "ambient") return null;
  try {
    return openAccess(vault, id, sealedAccess ?? "");
  } catch (cause) {
    if (!(cause instanceof VaultError)) throw cause;
    throw new DomainError("unavailable", `The credentials of cluster "${name}" cannot be read: ${cause.message}.`, {
      cause,
    });
  }
}
