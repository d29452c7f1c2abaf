import { hkdfSync } from "node:crypto";
import { revisionObjectName } from "#domain/shared/cluster-names.ts";
import type { PlanWire } from "#domain/traffic/wire.ts";
import type { Scope as ManifestScope } from "#k8s/manifests/manifest.ts";
import type { RevisionInput } from "#k8s/manifests/revision.ts";
import type { EndpointState, PlanRow, RevisionRow } from "#server/db/reconcile/endpoint-state.ts";

/** From rows to what the manifest builders take. Pure. */
export const manifestScope = (
  who: { installationId: string; release: string },
  environment: { name: string; namespace: string; imagePrefix: string },
): ManifestScope => ({
  installationId: who.installationId,
  release: who.release,
  environment: environment.name,
  namespace: environment.namespace,
  imagePrefix: environment.imagePrefix,
});

/** `plan` null: number 0, which serves nothing and owns what is to come. */
export function planWire(state: EndpointState, plan: PlanRow | null): PlanWire {
  return {
    schema: 1,
    environment: state.environment.name,
    endpoint: state.name,
    endpointUid: state.uid,
    number: plan?.number ?? 0,
    decidedAt: (plan?.decidedAt ?? state.createdAt).toISOString(),
    deleted: plan?.kind === "delete",
    salt: plan?.salt ?? state.salt,
    onUnavailable: state.onUnavailable,
    timeoutMs: state.timeoutMs,
    bodyBytesMax: state.bodyBytesMax,
    entries: (plan?.entries ?? []).map(({ revision, role, weightBps, ranges }) => {
      const row = state.revisions.find(({ number }) => number === revision);
      return {
        revision,
        model: row?.modelName ?? "",
        version: String(row?.versionNumber ?? ""),
        role,
        ranges: role === "live" ? ranges : [],
        shadowBps: role === "shadow" ? weightBps : 0,
        service: revisionObjectName(state.name, revision),
      };
    }),
  };
}

export const revisionInput = (
  endpoint: { name: string; uid: string },
  planUid: string,
  revision: Omit<RevisionRow, "id" | "status">,
  desiredReplicas: number,
): RevisionInput => ({
  endpoint: endpoint.name,
  endpointUid: endpoint.uid,
  planUid,
  revision: revision.number,
  model: { id: revision.modelId, name: revision.modelName },
  version: { id: revision.versionId, number: String(revision.versionNumber), digest: revision.digest },
  runtime: revision.runtime,
  replicas: { min: revision.replicasMin, max: revision.replicasMax },
  desiredReplicas,
  resources: revision.resources,
  env: revision.env,
});

/**
 * Tokens of an environment's artifact store, by HKDF-SHA256 (RFC 5869) from the installation's key: the same after a
 * restart, on a standby, and after a restored backup.
 */
export function artifactTokens(secretKey: string, environmentId: string): { readToken: string; writeToken: string } {
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync("sha256", secretKey, environmentId, `slipway artifact store ${purpose}`, 32)).toString("hex");
  return { readToken: derive("read"), writeToken: derive("write") };
}
