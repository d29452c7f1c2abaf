import { isKubeError, type KubeErrorCode } from "#k8s/client/errors.ts";
import { connectKube, type Kube } from "#k8s/client/kube.ts";
import { type Cluster, ClusterError, type ClusterErrorCode, type ClusterObject } from "#server/ports/cluster.ts";
import { createView, type View } from "./view.ts";

export type ClusterConnection = Readonly<{
  kubeconfig: string | undefined;
  context: string | undefined;
  /** Name under which the cluster keeps what we set. */
  fieldManager: string;
}>;

const DEADLINE_MS = 10_000;

/** Reads the credentials; the first request connects. Throws an Error that says what is wrong with the kubeconfig. */
export async function connectCluster(connection: ClusterConnection): Promise<Cluster> {
  const { kubeconfig, context } = connection;
  const kube = await connectKube(
    kubeconfig === undefined ? "in-cluster" : { kubeconfig, ...(context === undefined ? {} : { context }) },
  );
  return clusterOver(kube, connection.fieldManager);
}

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
      const stored = await translated(kube.apply(manifest, { ...waiting, manager, force, dryRun }));
      return dryRun ? stored : taken(stored);
    },
    async scale(ref, replicas) {
      await translated(kube.patch(ref, { spec: { replicas } }, { ...waiting, manager, subresource: "scale" }));
    },
    delete: (ref, uid) => translated(kube.delete(ref, { ...waiting, uid, propagation: "Background" })),
    serves: (kind) => translated(kube.serves(kind, waiting)),
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
  unauthorized: "forbidden",
  invalid: "refused",
  not_found: "refused",
  expired: "away",
  deadline: "away",
  unavailable: "away",
} as const satisfies Record<KubeErrorCode, ClusterErrorCode>;

async function translated<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (!isKubeError(error)) throw error;
    const fields = error.causes.map((cause) => [cause.field, cause.message].filter((part) => part !== "").join(": "));
    throw new ClusterError(CODES[error.code], error.message, { fields, cause: error });
  }
}
