import { createQueue } from "../controllers/queue.ts";
import { kubeTime } from "./metadata.ts";
import { RESOURCES } from "./resources.ts";
import type { Store } from "./store.ts";
import type { KubeObject, StoreEvent } from "./types.ts";

/**
 * Gives each namespace its default ServiceAccount and the cluster's certificate, and empties those being deleted.
 * Answers how to stop it.
 */
export function superviseNamespaces(
  store: Store,
  caPem: string,
  onError: (name: string, error: unknown) => void,
): () => void {
  const queue = createQueue((name) => {
    const namespace = store.get("namespaces", undefined, name);
    if (!namespace) return;
    if (namespace.metadata.deletionTimestamp === undefined) furnish(store, name, caPem);
    else empty(store, namespace);
  }, onError);
  const onEvent = ({ type, resource, object }: StoreEvent) => {
    if (resource === "namespaces") queue.add(object.metadata.name);
    else if (type === "DELETED" && object.metadata.namespace !== undefined) {
      const namespace = store.get("namespaces", undefined, object.metadata.namespace);
      if (namespace?.metadata.deletionTimestamp !== undefined) queue.add(object.metadata.namespace);
    }
  };
  const unsubscribe = store.subscribe(onEvent);
  for (const namespace of store.list("namespaces")) {
    if (namespace.metadata.deletionTimestamp === undefined) furnish(store, namespace.metadata.name, caPem);
    else queue.add(namespace.metadata.name);
  }
  return () => {
    unsubscribe();
    queue.close();
  };
}

function furnish(store: Store, namespace: string, caPem: string): void {
  if (!store.get("serviceaccounts", namespace, "default")) {
    store.create("serviceaccounts", {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "default", namespace },
    });
  }
  const metadata = { name: "kube-root-ca.crt", namespace };
  const data = { "ca.crt": caPem };
  const current = store.get("configmaps", namespace, metadata.name);
  if (!current) store.create("configmaps", { apiVersion: "v1", kind: "ConfigMap", metadata, data });
  else if (current.data?.["ca.crt"] !== caPem) store.update("configmaps", { ...current, data });
}

const NAMESPACED = RESOURCES.filter((resource) => resource.namespaced);

function empty(store: Store, namespace: KubeObject): void {
  const { name } = namespace.metadata;
  for (const resource of NAMESPACED) {
    for (const { metadata } of store.list(resource.name, name)) {
      if (metadata.deletionTimestamp === undefined) {
        store.delete(resource.name, name, metadata.name, { propagationPolicy: "Background" });
      }
    }
  }
  const left = NAMESPACED.filter((resource) => store.list(resource.name, name).length > 0);
  const current = store.get("namespaces", undefined, name);
  if (!current) return;
  if (left.length === 0) {
    store.finalize({ ...current, spec: { ...current.spec, finalizers: [] } });
    return;
  }
  const remaining = left.map(
    (resource) => `${resource.name} has ${store.list(resource.name, name).length} resource instances`,
  );
  const before = current.status?.conditions?.[0]?.lastTransitionTime;
  const condition = {
    type: "NamespaceContentRemaining",
    status: "True",
    lastTransitionTime: before ?? kubeTime(new Date()),
    reason: "SomeResourcesRemain",
    message: `Some resources are remaining: ${remaining.join(", ")}`,
  };
  store.updateStatus("namespaces", { ...current, status: { phase: "Terminating", conditions: [condition] } });
}
