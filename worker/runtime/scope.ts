import { LABEL } from "#domain/shared/cluster-names.ts";
import type { Cluster, ClusterObject, ObjectChange, ObjectRef, ObjectView } from "#server/ports/cluster.ts";
import type { Clusters } from "./clusters.ts";
import { type EventsAbout, indexEvents } from "./events-about.ts";

/** Kinds we keep a copy of in every environment. Others are read when needed. */
const WATCHED = {
  plans: { apiVersion: "v1", kind: "ConfigMap" },
  services: { apiVersion: "v1", kind: "Service" },
  pods: { apiVersion: "v1", kind: "Pod" },
  deployments: { apiVersion: "apps/v1", kind: "Deployment" },
  slices: { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" },
  leases: { apiVersion: "coordination.k8s.io/v1", kind: "Lease" },
  autoscalers: { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler" },
  budgets: { apiVersion: "policy/v1", kind: "PodDisruptionBudget" },
} as const;
type ViewName = keyof typeof WATCHED;

/** Our copies of what one environment holds of this installation. */
export type Scope = Readonly<{
  environmentId: string;
  clusterId: string;
  /** Where its namespace is. */
  cluster: Cluster;
  namespace: string;
  views: Readonly<Record<ViewName, ObjectView>>;
  /** What the copy of its kind holds; null: not there; undefined: no copy of this kind is kept. */
  find(ref: ObjectRef): ClusterObject | null | undefined;
  /** The stalest of the copies counts. */
  fresh(): { synced: boolean; staleMs: number; error: string | null };
  /** Endpoints whose published plan is not yet proven: a router that comes or goes concerns them. */
  unproven: Set<string>;
  /** When what only a question brings out was last asked, by `performance.now()`. */
  asked: { at: number };
  /** Events of the namespace, whoever they are about. They explain and decide nothing: without them all else works. */
  events: ObjectView;
  eventsAbout: EventsAbout;
  stop(): void;
}>;

export type Scopes = Readonly<{
  /** Opened when first asked for, and anew when its cluster is connected anew. Null: the cluster is not connected. */
  open(environment: { id: string; clusterId: string; namespace: string }): Scope | null;
  /** Null: its environment has not opened it. */
  of(environmentId: string): Scope | null;
  all(): Scope[];
  closeEnvironment(id: string): void;
  closeCluster(clusterId: string): void;
  close(): void;
}>;

export type ScopeListener = Readonly<{
  changed(scope: Scope, change: ObjectChange): void;
  synced(scope: Scope): void;
}>;

export const installationSelector = (installationId: string) => `${LABEL.installation}=${installationId}`;

export function createScopes(clusters: Clusters, installationId: string, listener: ScopeListener): Scopes {
  const scopes = new Map<string, Scope>();
  const drop = (scope: Scope) => {
    scope.stop();
    scopes.delete(scope.environmentId);
  };
  return {
    open(environment) {
      const cluster = clusters.of(environment.clusterId);
      if (cluster === null) return null;
      const known = scopes.get(environment.id);
      if (known?.namespace === environment.namespace && known.cluster === cluster) return known;
      known?.stop();
      const scope = openScope(cluster, installationId, environment, listener);
      scopes.set(environment.id, scope);
      return scope;
    },
    of: (environmentId) => scopes.get(environmentId) ?? null,
    all: () => [...scopes.values()],
    closeEnvironment(id) {
      const scope = scopes.get(id);
      if (scope !== undefined) drop(scope);
    },
    closeCluster(clusterId) {
      for (const scope of scopes.values()) if (scope.clusterId === clusterId) drop(scope);
    },
    close() {
      for (const scope of scopes.values()) scope.stop();
      scopes.clear();
    },
  };
}

function openScope(
  cluster: Cluster,
  installationId: string,
  { id, clusterId, namespace }: { id: string; clusterId: string; namespace: string },
  listener: ScopeListener,
): Scope {
  const labelSelector = installationSelector(installationId);
  const open = (name: ViewName) => cluster.watch({ ...WATCHED[name], namespace, labelSelector });
  const views = {
    plans: open("plans"),
    services: open("services"),
    pods: open("pods"),
    deployments: open("deployments"),
    slices: open("slices"),
    leases: open("leases"),
    autoscalers: open("autoscalers"),
    budgets: open("budgets"),
  };
  const events = cluster.watch({ apiVersion: "v1", kind: "Event", namespace });
  const all = Object.values(views);
  const kinds = new Map<string, ObjectView>(
    Object.entries(views).map(([name, view]) => [WATCHED[name as ViewName].kind, view]),
  );
  const scope: Scope = {
    environmentId: id,
    clusterId,
    cluster,
    namespace,
    views,
    find: (ref) => {
      const view = kinds.get(ref.kind);
      return view === undefined ? undefined : (view.objects.get(`${namespace}/${ref.name}`) ?? null);
    },
    fresh() {
      const each = all.map((view) => view.fresh());
      return {
        synced: each.every(({ synced }) => synced),
        staleMs: Math.max(...each.map(({ staleMs }) => staleMs)),
        error: each.find(({ error }) => error !== null)?.error ?? null,
      };
    },
    unproven: new Set(),
    asked: { at: Number.NEGATIVE_INFINITY },
    events,
    eventsAbout: indexEvents(events),
    stop() {
      events.stop();
      for (const view of all) view.stop();
    },
  };
  for (const view of [...all, events]) view.onChange((change) => listener.changed(scope, change));
  // Rejected only by stop.
  Promise.all(all.map((view) => view.synced())).then(
    () => listener.synced(scope),
    () => undefined,
  );
  return scope;
}
