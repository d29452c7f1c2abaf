import { ANNOTATION, COMPONENT, fieldManagerOf, LABEL, MANAGED_BY, ROUTER_NAME } from "#domain/shared/cluster-names.ts";
import { type Acks, acksSchema } from "#domain/traffic/wire.ts";
import type { Kube } from "#k8s/client/kube.ts";
import type { LiveObject } from "#k8s/client/objects.ts";
import type { Config } from "../config.ts";

const WRITE_DEADLINE_MS = 5_000;
const READ_DEADLINE_MS = 1_000;

/** This router pod's Lease, by which it says which plans it follows. Errors: `KubeError`. */
export type OwnLease = {
  write(acks: Acks): Promise<void>;
  /** Null when there is none; `{}` when it says nothing readable. One second at most. */
  read(): Promise<Acks | null>;
};

export function ownLease(kube: Kube, { pod, installation }: Pick<Config, "pod" | "installation">): OwnLease {
  const ref = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", namespace: pod.namespace, name: pod.name };
  return {
    async write(acks) {
      await kube.apply(
        {
          apiVersion: ref.apiVersion,
          kind: ref.kind,
          metadata: {
            name: ref.name,
            namespace: ref.namespace,
            labels: {
              [LABEL.managedBy]: MANAGED_BY,
              [LABEL.name]: ROUTER_NAME,
              [LABEL.installation]: installation,
              [LABEL.component]: COMPONENT.router,
            },
            annotations: { [ANNOTATION.acks]: JSON.stringify(acks) },
            ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: pod.name, uid: pod.uid }],
          },
          spec: { holderIdentity: pod.name },
        },
        { manager: fieldManagerOf(installation), force: true, deadlineMs: WRITE_DEADLINE_MS },
      );
    },
    async read() {
      const lease = await kube.get(ref, { deadlineMs: READ_DEADLINE_MS });
      return lease === null ? null : acksOf(lease);
    },
  };
}

function acksOf(lease: LiveObject): Acks {
  try {
    return acksSchema.parse(JSON.parse(lease.metadata.annotations?.[ANNOTATION.acks] ?? "{}"));
  } catch {
    return {};
  }
}

/** Whether a Lease that says `said` already acknowledges all of `acks`; more does no harm. */
export const acknowledges = (said: Acks, acks: Acks): boolean =>
  Object.entries(acks).every(([uid, number]) => said[uid] === number);
