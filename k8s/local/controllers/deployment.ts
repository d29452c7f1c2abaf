import { isDeepStrictEqual } from "node:util";
import type { ClusterStore, KubeObject } from "../store/types.ts";
import { conditionOf, deadlineInMs, deploymentStatus, withCondition } from "./deployment-status.ts";
import type { Recorder } from "./events.ts";
import { controllerReference, type Index, splitKey } from "./objects.ts";
import { isFinished } from "./replica-set.ts";
import {
  allowance,
  DESIRED_ANNOTATION,
  HISTORY_ANNOTATION,
  isScalingEvent,
  MAX_ANNOTATION,
  newReplicas,
  oldScalings,
  REVISION_ANNOTATION,
  replicasOf,
  revisionOf,
  scalings,
} from "./rollout.ts";
import { templateHash } from "./template-hash.ts";

const DEPLOYMENTS = "deployments.apps";
const SETS = "replicasets.apps";
const HASH_LABEL = "pod-template-hash";
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

export type DeploymentContext = {
  store: ClusterStore;
  record: Recorder;
  setsByOwner: Index;
  podsByOwner: Index;
  requeueAfter: (key: string, delayMs: number) => void;
};

const templateOf = (set: KubeObject) => {
  const { [HASH_LABEL]: _, ...labels } = set.spec.template.metadata?.labels ?? {};
  return { ...set.spec.template, metadata: { ...set.spec.template.metadata, labels } };
};

/** The ReplicaSet made from the Deployment's present template, if there is one: rolling back finds the old one. */
const findNewest = (deployment: KubeObject, sets: readonly KubeObject[]): KubeObject | undefined => {
  const template = deployment.spec.template;
  const wanted = { ...template, metadata: { ...template.metadata, labels: template.metadata?.labels ?? {} } };
  return sets
    .filter((set) => isDeepStrictEqual(templateOf(set), wanted))
    .sort((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp))[0];
};

/** Annotations a ReplicaSet carries: the Deployment's own but for bookkeeping, and the sizes of this moment. */
const setAnnotations = (deployment: KubeObject, revision: number, current: Record<string, string> = {}) => {
  const { [LAST_APPLIED]: _, [REVISION_ANNOTATION]: __, ...own } = deployment.metadata.annotations ?? {};
  const before = current[REVISION_ANNOTATION];
  const history = [current[HISTORY_ANNOTATION], before].filter(Boolean).join(",");
  const moved = before !== undefined && before !== String(revision);
  return {
    ...current,
    ...own,
    [DESIRED_ANNOTATION]: String(replicasOf(deployment)),
    [MAX_ANNOTATION]: String(replicasOf(deployment) + allowance(deployment).surge),
    [REVISION_ANNOTATION]: String(revision),
    ...(moved ? { [HISTORY_ANNOTATION]: history } : {}),
  };
};

const resize = (context: DeploymentContext, deployment: KubeObject, set: KubeObject, replicas: number) => {
  const from = replicasOf(set);
  const annotations = setAnnotations(deployment, revisionOf(set), set.metadata.annotations);
  if (from === replicas && isDeepStrictEqual(annotations, set.metadata.annotations)) return;
  context.store.update(SETS, {
    ...set,
    metadata: { ...set.metadata, annotations },
    spec: { ...set.spec, replicas },
  });
  if (from !== replicas) recordScaling(context, deployment, set.metadata.name, from, replicas);
};

const recordScaling = (
  { record }: DeploymentContext,
  deployment: KubeObject,
  set: string,
  from: number,
  replicas: number,
) =>
  record({
    about: deployment,
    type: "Normal",
    reason: "ScalingReplicaSet",
    message: `Scaled ${replicas > from ? "up" : "down"} replica set ${set} from ${from} to ${replicas}`,
    component: "deployment-controller",
  });

const createSet = (
  context: DeploymentContext,
  deployment: KubeObject,
  others: readonly KubeObject[],
  revision: number,
): KubeObject => {
  const { store } = context;
  const collisions: number = deployment.status?.collisionCount ?? 0;
  const hash = templateHash(deployment.spec.template, collisions);
  const name = `${deployment.metadata.name}-${hash}`;
  const namespace = deployment.metadata.namespace;
  if (store.get(SETS, namespace, name) !== undefined) {
    store.updateStatus(DEPLOYMENTS, {
      ...deployment,
      status: { ...deployment.status, collisionCount: collisions + 1 },
    });
    throw new Error(`replica set ${name} exists with another template`);
  }
  const template = deployment.spec.template;
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  const matchLabels = { ...deployment.spec.selector.matchLabels, [HASH_LABEL]: hash };
  const replicas = newReplicas(deployment, 0, others);
  const set = store.create(
    SETS,
    {
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: {
        name,
        ...(namespace === undefined ? {} : { namespace }),
        labels,
        annotations: setAnnotations(deployment, revision),
        ownerReferences: [controllerReference(deployment)],
      },
      spec: {
        replicas,
        ...(deployment.spec.minReadySeconds ? { minReadySeconds: deployment.spec.minReadySeconds } : {}),
        selector: { ...deployment.spec.selector, matchLabels },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
    },
    "kube-controller-manager",
  );
  if (replicas > 0) recordScaling(context, deployment, name, 0, replicas);
  return set;
};

const noteProgress = (
  deployment: KubeObject,
  reason: string,
  message: string,
  status: "True" | "Unknown" = "True",
) => ({
  ...deployment.status,
  conditions: withCondition(
    deployment.status?.conditions ?? [],
    { type: "Progressing", status, reason, message },
    Date.now(),
  ),
});

/** Finds or makes the newest ReplicaSet and gives it and the Deployment their revision number. */
const ensureNewest = (context: DeploymentContext, deployment: KubeObject, sets: readonly KubeObject[]) => {
  const { store } = context;
  const found = findNewest(deployment, sets);
  const others = sets.filter((set) => set !== found);
  const revision = Math.max(0, ...others.map(revisionOf)) + 1;
  const number = found !== undefined && revisionOf(found) > revision - 1 ? revisionOf(found) : revision;
  let newest = found ?? createSet(context, deployment, others, number);
  const annotations = setAnnotations(deployment, number, newest.metadata.annotations);
  const minReadySeconds: number | undefined = deployment.spec.minReadySeconds || undefined;
  if (
    found !== undefined &&
    (revisionOf(found) !== number || (found.spec.minReadySeconds || undefined) !== minReadySeconds)
  )
    newest = store.update(SETS, {
      ...found,
      metadata: { ...found.metadata, annotations },
      spec: { ...found.spec, ...(minReadySeconds === undefined ? {} : { minReadySeconds }) },
    });
  let current = deployment;
  if (revisionOf(deployment) !== number)
    current = store.update(DEPLOYMENTS, {
      ...deployment,
      metadata: {
        ...deployment.metadata,
        annotations: { ...deployment.metadata.annotations, [REVISION_ANNOTATION]: String(number) },
      },
    });
  const name = newest.metadata.name;
  if (found === undefined)
    current = store.updateStatus(DEPLOYMENTS, {
      ...current,
      status: noteProgress(current, "NewReplicaSetCreated", `Created new replica set "${name}"`),
    });
  else if (conditionOf(current, "Progressing") === undefined)
    current = store.updateStatus(DEPLOYMENTS, {
      ...current,
      status: noteProgress(current, "FoundNewReplicaSet", `Found new replica set "${name}"`),
    });
  return { newest, old: others, deployment: current };
};

const notePause = ({ store }: DeploymentContext, deployment: KubeObject): KubeObject => {
  const reason = conditionOf(deployment, "Progressing")?.reason;
  if (deployment.spec.paused === true && reason !== "DeploymentPaused" && reason !== "ProgressDeadlineExceeded")
    return store.updateStatus(DEPLOYMENTS, {
      ...deployment,
      status: noteProgress(deployment, "DeploymentPaused", "Deployment is paused", "Unknown"),
    });
  if (deployment.spec.paused !== true && reason === "DeploymentPaused")
    return store.updateStatus(DEPLOYMENTS, {
      ...deployment,
      status: noteProgress(deployment, "DeploymentResumed", "Deployment is resumed", "Unknown"),
    });
  return deployment;
};

const hasPods = ({ podsByOwner }: DeploymentContext, sets: readonly KubeObject[]): boolean =>
  sets.some((set) => podsByOwner.lookup(set.metadata.uid).some((pod) => !isFinished(pod)));

const roll = (context: DeploymentContext, deployment: KubeObject, sets: readonly KubeObject[]): KubeObject => {
  const recreate = deployment.spec.strategy?.type === "Recreate";
  const present = findNewest(deployment, sets);
  const outgoing = sets.filter((set) => set !== present);
  if (recreate) {
    const live = outgoing.filter((set) => replicasOf(set) > 0);
    for (const set of live) resize(context, deployment, set, 0);
    if (live.length > 0 || hasPods(context, outgoing)) return deployment;
  }
  const { newest, old, deployment: current } = ensureNewest(context, deployment, sets);
  const wanted = newReplicas(current, replicasOf(newest), old);
  if (wanted !== replicasOf(newest)) resize(context, current, newest, wanted);
  else if (!recreate)
    for (const { set, replicas } of oldScalings(current, newest, old)) resize(context, current, set, replicas);
  return current;
};

const trimHistory = ({ store }: DeploymentContext, deployment: KubeObject, old: readonly KubeObject[]) => {
  const limit: number = deployment.spec.revisionHistoryLimit ?? 10;
  const idle = old
    .filter((set) => replicasOf(set) === 0 && (set.status?.replicas ?? 0) === 0 && !set.metadata.deletionTimestamp)
    .sort((a, b) => revisionOf(a) - revisionOf(b));
  for (const set of idle.slice(0, Math.max(0, idle.length - limit)))
    store.delete(SETS, set.metadata.namespace, set.metadata.name, { propagationPolicy: "Background" });
};

/** One step of a Deployment towards its template and size; status is written at the end, and only when it changed. */
export const reconcileDeployment = (context: DeploymentContext, key: string): void => {
  const { store, setsByOwner } = context;
  const { namespace, name } = splitKey(key);
  const found = store.get(DEPLOYMENTS, namespace, name);
  if (found === undefined) return;
  let deployment = found;
  const sets = setsByOwner.lookup(found.metadata.uid);
  if (found.metadata.deletionTimestamp === undefined) {
    deployment = notePause(context, found);
    const newest = findNewest(deployment, sets);
    const old = sets.filter((set) => set !== newest);
    if (deployment.spec.paused === true || isScalingEvent(deployment, sets))
      for (const { set, replicas } of scalings(deployment, newest, old)) resize(context, deployment, set, replicas);
    else deployment = roll(context, deployment, sets);
  }
  const all = setsByOwner.lookup(deployment.metadata.uid);
  const newest = findNewest(deployment, all);
  const now = Date.now();
  const status = deploymentStatus(deployment, newest, all, now);
  if (!isDeepStrictEqual(status, deployment.status))
    deployment = store.updateStatus(DEPLOYMENTS, { ...deployment, status });
  if (
    conditionOf(deployment, "Progressing")?.reason === "NewReplicaSetAvailable" &&
    !deployment.metadata.deletionTimestamp
  )
    trimHistory(
      context,
      deployment,
      all.filter((set) => set !== newest),
    );
  const left = deadlineInMs(deployment, now);
  const expired = conditionOf(deployment, "Progressing")?.reason === "ProgressDeadlineExceeded";
  if (left !== undefined && !expired) context.requeueAfter(key, Math.max(left, 0) + 10);
};
