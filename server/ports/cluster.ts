import type { Right } from "#domain/cluster/rights.ts";

/** A Kubernetes object as written: the server fills the rest of its metadata. */
export type ObjectManifest = {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; resourceVersion?: string; [field: string]: unknown };
  [field: string]: unknown;
};

/** As answered: identity is there, everything else is for the reader to narrow. */
export type ClusterObject = {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string }[];
    [field: string]: unknown;
  };
  [field: string]: unknown;
};

export type ObjectRef = { apiVersion: string; kind: string; namespace?: string; name: string };
export type ObjectQuery = { apiVersion: string; kind: string; namespace?: string; labelSelector?: string };

/**
 * All a caller can tell apart about a failed request.
 * conflict: a precondition did not hold. field_conflict: another manager owns a field, as `fields` say.
 * away: no answer, or one that another attempt may improve. refused: the cluster will not take it as it is.
 * unauthorized: it does not know our credentials; forbidden: it does, and they do not allow this.
 */
export type ClusterErrorCode =
  | "conflict"
  | "field_conflict"
  | "unknown_kind"
  | "unauthorized"
  | "forbidden"
  | "refused"
  | "away";

export class ClusterError extends Error {
  override readonly name = "ClusterError";
  readonly code: ClusterErrorCode;
  readonly fields: readonly string[];

  constructor(code: ClusterErrorCode, message: string, more: { fields?: readonly string[]; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.fields = more.fields ?? [];
  }
}

export const isClusterError = (error: unknown, ...codes: ClusterErrorCode[]): error is ClusterError =>
  error instanceof ClusterError && (codes.length === 0 || codes.includes(error.code));

export type ClusterIdentity = Readonly<{
  /** Kubernetes' own, such as `v1.36.0`. */
  version: string;
  /** Whom it takes us for; null: it cannot say. */
  userName: string | null;
  /** Of its namespace kube-system; null: we may not read it. */
  uid: string | null;
}>;

/** Requests throw ClusterError. What is written is ours: one field manager per installation. */
export interface Cluster {
  /** A quorum read; null when there is no such object. */
  get(ref: ObjectRef): Promise<ClusterObject | null>;
  /** A quorum read of one moment. */
  list(query: ObjectQuery): Promise<ClusterObject[]>;
  /**
   * Server-side apply; answers the object as stored (`dryRun`: as it would be). `metadata.resourceVersion` is a
   * precondition. Without `force`, `field_conflict` when another manager has set one of the fields otherwise.
   */
  apply(manifest: ObjectManifest, options?: { force?: boolean; dryRun?: boolean }): Promise<ClusterObject>;
  /** Sets the replicas of a Deployment whose manifest names none. */
  scale(ref: ObjectRef, replicas: number): Promise<void>;
  /** Background propagation. False when it was gone; `conflict` when another uid has the name by now. */
  delete(ref: ObjectRef, uid: string): Promise<boolean>;
  /** Whether the cluster knows the kind at all. */
  serves(kind: { apiVersion: string; kind: string }): Promise<boolean>;
  /** One exchange that proves address, trust and credentials. */
  identify(): Promise<ClusterIdentity>;
  /** Those of the rights that we do not have in the namespace. */
  missingRights(namespace: string, needed: readonly Right[]): Promise<Right[]>;
  /** A copy that is kept current until `stop`. */
  watch(query: ObjectQuery): ObjectView;
  /** Ends its connections; watches are to be stopped before. */
  close(): void;
}

export type ObjectChange = Readonly<{ object: ClusterObject; previous: ClusterObject | null; gone: boolean }>;

export interface ObjectView {
  /** By `namespace/name`. What we applied ourselves is in it at once. */
  readonly objects: ReadonlyMap<string, ClusterObject>;
  /** Objects whose label has this value. */
  labelled(label: string, value: string): readonly ClusterObject[];
  onChange(listener: (change: ObjectChange) => void): void;
  /** `synced`: a list was ever taken in. `staleMs`: since the server last proved it current. `error`: why it is not. */
  fresh(): { synced: boolean; staleMs: number; error: string | null };
  /** Resolves once a list has been taken in. */
  synced(): Promise<void>;
  stop(): void;
}
