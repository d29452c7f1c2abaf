import { LABEL } from "#domain/shared/cluster-names.ts";
import type { Cluster, ClusterObject, ObjectChange, ObjectRef, ObjectView } from "#server/ports/cluster.ts";

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
  namespace: string;
  views: Readonly<Record<ViewName, ObjectView>>;
  /** What the copy of its kind holds; null: not there; undefined: no copy of this kind is kept. */
  find(ref: ObjectRef): ClusterObject | null | undefined;
  /** The stalest of the copies counts. */
  fresh(): { synced: boolean; staleMs: number; error: string | null };
  /** Endpoints whose published plan is not yet proven: a router that comes or goes concerns them. */
  unproven: Set<string>;
  /** Events of the namespace, whoever they are about. They explain and decide nothing: without them all else works. */
  events: ObjectView;
  stop(): void;
}>;

export type Scopes = Readonly<{
  /** Opened when first asked for, and anew when the namespace changed. */
  open(environment: { id: string; namespace: string }): Scope;
  all(): Scope[];
  close(): void;
}>;

export type ScopeListener = Readonly<{
  changed(scope: Scope, change: ObjectChange): void;
  synced(scope: Scope): void;
}>;

export const installationSelector = (installationId: string) => `${LABEL.installation}=${installationId}`;

export function createScopes(cluster: Cluster, installationId: string, listener: ScopeListener): Scopes {
  const scopes = new Map<string, Scope>();
  return {
    open(environment) {
      const known = scopes.get(environment.id);
      if (known?.namespace === environment.namespace) return known;
      known?.stop();
      const scope = openScope(cluster, installationId, environment, listener);
      scopes.set(environment.id, scope);
      return scope;
    },
    all: () => [...scopes.values()],
    close() {
      for (const scope of scopes.values()) scope.stop();
      scopes.clear();
    },
  };
}

function openScope(
  cluster: Cluster,
  installationId: string,
  { id, namespace }: { id: string; namespace: string },
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
    events,
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
