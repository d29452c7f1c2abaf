import type { ClusterAccess } from "#domain/cluster/access.ts";
import { isKubeError, type KubeError, type KubeErrorCode } from "#k8s/client/errors.ts";
import { connectKube, type Kube } from "#k8s/client/kube.ts";
import { type Cluster, ClusterError, type ClusterErrorCode, type ClusterObject } from "#server/ports/cluster.ts";
import { identify, missingRights } from "./reviews.ts";
import { createView, type View } from "./view.ts";

/** The kubeconfig that this process was started with (undefined: it is a pod's ServiceAccount), or what was handed in. */
export type ClusterTarget =
  | Readonly<{ kubeconfig: string | undefined; context: string | undefined }>
  | Readonly<{ access: ClusterAccess }>;

const DEADLINE_MS = 10_000;

/** Reads the credentials; the first request connects. Throws an Error that says what is wrong with them. */
export const connectTarget = (target: ClusterTarget): Promise<Kube> => {
  if ("access" in target) return connectKube(target);
  const { kubeconfig, context } = target;
  if (kubeconfig === undefined) return connectKube("in-cluster");
  return connectKube({ kubeconfig, ...(context === undefined ? {} : { context }) });
};

/** As `connectTarget`. `fieldManager` is the name under which the cluster keeps what we set. */
export const connectCluster = async (target: ClusterTarget, fieldManager: string): Promise<Cluster> =>
  clusterOver(await connectTarget(target), fieldManager);

function clusterOver(kube: Kube, manager: string): Cluster {
  const views = new Set<View>();
  const waiting = { deadlineMs: DEADLINE_MS };
  const taken = (object: ClusterObject) => {
    for (const view of views) view.take(object);
    return object;
  };
  return {
    get: (ref) => translated(kube.get(ref, waiting)),
    list: async (query) => (await translated(kube.list(query, waiting))).items,
    async apply(manifest, { force = false, dryRun = false } = {}) {
      const stored = await written(kube.apply(manifest, { ...waiting, manager, force, dryRun }));
      return dryRun ? stored : taken(stored);
    },
    async scale(ref, replicas) {
      await written(kube.patch(ref, { spec: { replicas } }, { ...waiting, manager, subresource: "scale" }));
    },
    delete: (ref, uid) => translated(kube.delete(ref, { ...waiting, uid, propagation: "Background" })),
    serves: (kind) => translated(kube.serves(kind, waiting)),
    identify: () => translated(identify(kube, DEADLINE_MS)),
    missingRights: (namespace, needed) => translated(missingRights(kube, namespace, needed, DEADLINE_MS)),
    close: () => kube.dropConnections(),
    watch(query) {
      const view = createView(kube, query, () => views.delete(view));
      views.add(view);
      return view;
    },
  };
}

const CODES = {
  conflict: "conflict",
  already_exists: "conflict",
  field_conflict: "field_conflict",
  unknown_kind: "unknown_kind",
  forbidden: "forbidden",
  unauthorized: "unauthorized",
  invalid: "refused",
  not_found: "refused",
  expired: "away",
  deadline: "away",
  unavailable: "away",
} as const satisfies Record<KubeErrorCode, ClusterErrorCode>;

/**
 * A write that is answered with 500 was taken and not carried out, as by an admission webhook that is down: it says
 * something of this object, and not that the cluster is away.
 */
const written = <T>(request: Promise<T>): Promise<T> =>
  translated(request, (error) => (error.status === 500 ? "refused" : CODES[error.code]));

async function translated<T>(
  request: Promise<T>,
  codeOf: (error: KubeError) => ClusterErrorCode = (error) => CODES[error.code],
): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (!isKubeError(error)) throw error;
    const fields = error.causes.map((cause) => [cause.field, cause.message].filter((part) => part !== "").join(": "));
    throw new ClusterError(codeOf(error), error.message, { fields, cause: error });
  }
}
