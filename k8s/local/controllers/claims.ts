import type { ClusterStore } from "../store/types.ts";
import { splitKey } from "./objects.ts";

const CLAIMS = "persistentvolumeclaims";

/** Binds a claim at once: its folder is made by the kubelet when a pod first mounts it. */
export const bindClaim = (store: ClusterStore, key: string): void => {
  const { namespace, name } = splitKey(key);
  const claim = store.get(CLAIMS, namespace, name);
  if (claim === undefined || claim.status?.phase === "Bound" || claim.metadata.deletionTimestamp !== undefined) return;
  const bound = claim.spec.volumeName
    ? claim
    : store.update(CLAIMS, { ...claim, spec: { ...claim.spec, volumeName: `pvc-${claim.metadata.uid}` } });
  store.updateStatus(CLAIMS, {
    ...bound,
    status: {
      phase: "Bound",
      ...(bound.spec.accessModes ? { accessModes: bound.spec.accessModes } : {}),
      ...(bound.spec.resources?.requests ? { capacity: bound.spec.resources.requests } : {}),
    },
  });
};
