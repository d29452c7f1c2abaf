/** What we write: the server fills the rest of the metadata. */
export type Manifest = {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    /** With `apply`, uid and resourceVersion are preconditions: `conflict` unless the live object has them. */
    uid?: string;
    resourceVersion?: string;
    [field: string]: unknown;
  };
  [field: string]: unknown;
};

export type OwnerReference = {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
};

/** What a cluster answers: identity is there, everything else is for the reader to narrow. */
export type LiveObject = {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    generation?: number;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: OwnerReference[];
    [field: string]: unknown;
  };
  [field: string]: unknown;
};

/** Names one object. */
export type ObjectRef = { apiVersion: string; kind: string; namespace?: string; name: string };

/** Names a set of objects. Without `namespace`: all of them. Selectors as kubectl writes them. */
export type ObjectQuery = {
  apiVersion: string;
  kind: string;
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
};

export const refOf = ({ apiVersion, kind, metadata }: Manifest | LiveObject): ObjectRef => ({
  apiVersion,
  kind,
  name: metadata.name,
  ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
});

/** `namespace/name`, or the name alone of what has no namespace. */
export const keyOf = ({ metadata }: { metadata: { name: string; namespace?: string } }): string =>
  metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
