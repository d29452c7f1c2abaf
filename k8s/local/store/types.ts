/** What controllers, kubelet and HTTP share: an in-process, synchronous view of the object store. */

export type ObjectMeta = {
  name: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: unknown[];
  generateName?: string;
};
export type OwnerReference = {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
};
// biome-ignore lint/suspicious/noExplicitAny: objects are JSON of many kinds; each reader narrows what it uses.
export type KubeObject = { apiVersion: string; kind: string; metadata: ObjectMeta; [field: string]: any };
/** What a writer passes in: the server fills the rest of the metadata. */
export type KubeInput = { apiVersion: string; kind: string; metadata: Partial<ObjectMeta>; [field: string]: unknown };

/** Plural resource with its group: `pods`, `deployments.apps`, `endpointslices.discovery.k8s.io`. */
export type ResourceName = string;

export type StoreEvent = {
  type: "ADDED" | "MODIFIED" | "DELETED";
  resource: ResourceName;
  object: KubeObject;
  /** The object before, for MODIFIED and DELETED. */
  previous?: KubeObject;
};

/**
 * Objects handed out are frozen: change a copy and write it back.
 * Writers throw `ApiError` (errors.ts) exactly as the HTTP layer would answer: 404, 409 AlreadyExists, 409 Conflict, 422.
 * Controllers use this; HTTP handlers add authentication, patches, field ownership and Tables on top of the same calls.
 */
export interface ClusterStore {
  get(resource: ResourceName, namespace: string | undefined, name: string): KubeObject | undefined;
  list(resource: ResourceName, namespace?: string): readonly KubeObject[];
  /** Assigns uid, resourceVersion, creationTimestamp, generation, `generateName` suffix; applies the kind's defaults. */
  create(resource: ResourceName, input: KubeInput, manager?: string): KubeObject;
  /** Optimistic when `metadata.resourceVersion` is set. Spec changes raise generation; a no-op keeps resourceVersion. Status is left alone. */
  update(resource: ResourceName, input: KubeObject, manager?: string): KubeObject;
  /** Writes `status` (and nothing else) of the object. */
  updateStatus(resource: ResourceName, input: KubeObject, manager?: string): KubeObject;
  /** Honours finalizers, propagation, preconditions and a pod's grace period; pods go when the kubelet calls it with grace 0. */
  delete(
    resource: ResourceName,
    namespace: string | undefined,
    name: string,
    options?: {
      gracePeriodSeconds?: number;
      propagationPolicy?: "Foreground" | "Background" | "Orphan";
      uid?: string;
      resourceVersion?: string;
    },
  ): KubeObject | undefined;
  /** Called synchronously after each committed write, in resourceVersion order. Returns the unsubscriber. */
  subscribe(listener: (event: StoreEvent) => void): () => void;
  /** Resolves when every write so far is in the log file (a kill -9 loses nothing that was answered). */
  flushed(): Promise<void>;
}
