import type { Readable } from "node:stream";
import { type KubeTarget, loadCredentials } from "./credentials.ts";
import { isKubeError } from "./errors.ts";
import type { LiveObject, Manifest, ObjectQuery, ObjectRef } from "./objects.ts";
import { refOf } from "./objects.ts";
import { collectionPath, describe, groupPath, objectPath } from "./paths.ts";
import { createTransport, type Transport, type Waiting } from "./transport.ts";

export type ObjectList = {
  items: LiveObject[];
  /** Where a watch goes on from. */
  resourceVersion: string;
};
/** Background is the server's default for what we write. */
export type Propagation = "Foreground" | "Background" | "Orphan";

/** A cluster: plain objects in and out. Every call throws `KubeError`; default deadline 10 s. */
export type Kube = {
  /** Null when there is no such object. A quorum read. */
  get(ref: ObjectRef, waiting?: Waiting): Promise<LiveObject | null>;
  /** A quorum read, in pages, of one moment. */
  list(query: ObjectQuery, waiting?: Waiting): Promise<ObjectList>;
  /** Server-side apply; answers the object as stored (`dryRun`: as it would be). Without `force`, `field_conflict`. */
  apply(
    manifest: Manifest,
    options: Waiting & { manager: string; force?: boolean; dryRun?: boolean },
  ): Promise<LiveObject>;
  create(manifest: Manifest, options: Waiting & { manager: string; dryRun?: boolean }): Promise<LiveObject>;
  /** JSON merge patch: null removes a field. */
  patch(
    ref: ObjectRef,
    patch: Record<string, unknown>,
    options: Waiting & { manager: string; subresource?: "status" | "scale"; dryRun?: boolean },
  ): Promise<LiveObject>;
  /** False when there was nothing to delete; `conflict` when it is not the object of `uid` or `resourceVersion`. */
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<boolean>;
  /** Lines of a container as bytes; with `follow` until `signal`. */
  podLog(pod: { namespace: string; name: string }, options: Waiting & PodLogOptions): Promise<Readable>;
  /** Whether the cluster knows the kind at all, such as PodMonitor. */
  serves(kind: { apiVersion: string; kind: string }, waiting?: Waiting): Promise<boolean>;
  /** See `Transport.dropConnections`. Watches recover by themselves; ask them to `relist` when their copy is in doubt. */
  dropConnections(): void;
  transport: Transport;
};

export type DeleteOptions = Waiting & {
  uid?: string;
  resourceVersion?: string;
  propagation?: Propagation;
  gracePeriodSeconds?: number;
  dryRun?: boolean;
};

export type PodLogOptions = {
  container?: string;
  follow?: boolean;
  tailLines?: number;
  sinceSeconds?: number;
  previous?: boolean;
  timestamps?: boolean;
};

/** Reads the credentials; the first request connects. */
export async function connectKube(target: KubeTarget): Promise<Kube> {
  return kubeOver(createTransport(await loadCredentials(target)));
}

const dryRunOf = (dryRun: boolean | undefined) => (dryRun ? "All" : undefined);

const kubeOver = (transport: Transport): Kube => ({
  transport,
  dropConnections: transport.dropConnections,
  get: (ref, waiting) =>
    unlessMissing(
      transport.send({ ...waiting, method: "GET", path: objectPath(ref), what: `get ${describe(ref)}` }).then(live),
      null,
    ),
  list: (query, waiting) => listAll(transport, query, waiting),
  podLog: (pod, options) => openLog(transport, pod, options),
  serves: (kind, waiting) => servesKind(transport, kind, waiting),
  ...writesOver(transport),
});

const writesOver = (transport: Transport): Pick<Kube, "apply" | "create" | "patch" | "delete"> => ({
  async apply(manifest, { manager, force = false, dryRun, ...waiting }) {
    const ref = refOf(manifest);
    return live(
      await transport.send({
        ...waiting,
        method: "PATCH",
        path: objectPath(ref),
        query: { fieldManager: manager, force: String(force), dryRun: dryRunOf(dryRun) },
        contentType: "application/apply-patch+yaml",
        body: manifest,
        what: `apply ${describe(ref)}`,
      }),
    );
  },
  async create(manifest, { manager, dryRun, ...waiting }) {
    const ref = refOf(manifest);
    return live(
      await transport.send({
        ...waiting,
        method: "POST",
        path: collectionPath(ref),
        query: { fieldManager: manager, fieldValidation: "Strict", dryRun: dryRunOf(dryRun) },
        body: manifest,
        what: `create ${describe(ref)}`,
      }),
    );
  },
  async patch(ref, patch, { manager, subresource, dryRun, ...waiting }) {
    return live(
      await transport.send({
        ...waiting,
        method: "PATCH",
        path: objectPath(ref) + (subresource === undefined ? "" : `/${subresource}`),
        query: { fieldManager: manager, dryRun: dryRunOf(dryRun) },
        contentType: "application/merge-patch+json",
        body: patch,
        what: `patch ${describe(ref)}`,
      }),
    );
  },
  delete: (ref, options) => unlessMissing(deleteObject(transport, ref, options), false),
});

async function deleteObject(transport: Transport, ref: ObjectRef, options: DeleteOptions = {}): Promise<true> {
  const { uid, resourceVersion, propagation, gracePeriodSeconds, dryRun, ...waiting } = options;
  await transport.send({
    ...waiting,
    method: "DELETE",
    path: objectPath(ref),
    query: { dryRun: dryRunOf(dryRun) },
    body: {
      apiVersion: "v1",
      kind: "DeleteOptions",
      preconditions: uid === undefined && resourceVersion === undefined ? undefined : { uid, resourceVersion },
      propagationPolicy: propagation,
      gracePeriodSeconds,
    },
    what: `delete ${describe(ref)}`,
  });
  return true;
}

async function unlessMissing<T, U>(request: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await request;
  } catch (error) {
    if (isKubeError(error, "not_found")) return otherwise;
    throw error;
  }
}

const PAGE = "500";

async function listAll(transport: Transport, query: ObjectQuery, waiting: Waiting = {}): Promise<ObjectList> {
  const items: LiveObject[] = [];
  let next: string | undefined;
  for (;;) {
    const page = (await transport.send({
      ...waiting,
      method: "GET",
      path: collectionPath(query),
      query: { labelSelector: query.labelSelector, fieldSelector: query.fieldSelector, limit: PAGE, continue: next },
      what: `list ${describe(query)}`,
    })) as { metadata: { resourceVersion: string; continue?: string }; items: LiveObject[] | null };
    // Items of a list come without their kind.
    for (const item of page.items ?? []) items.push({ ...item, apiVersion: query.apiVersion, kind: query.kind });
    next = page.metadata.continue || undefined;
    if (next === undefined) return { items, resourceVersion: page.metadata.resourceVersion };
  }
}

async function openLog(
  transport: Transport,
  pod: { namespace: string; name: string },
  { deadlineMs, signal, ...options }: Waiting & PodLogOptions,
): Promise<Readable> {
  const ref = { apiVersion: "v1", kind: "Pod", ...pod };
  return transport.open({
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(signal === undefined ? {} : { signal }),
    method: "GET",
    path: `${objectPath(ref)}/log`,
    query: Object.fromEntries(Object.entries(options).map(([name, value]) => [name, String(value)])),
    what: `log of ${describe(ref)}`,
  });
}

async function servesKind(
  transport: Transport,
  { apiVersion, kind }: { apiVersion: string; kind: string },
  waiting: Waiting = {},
): Promise<boolean> {
  try {
    const path = groupPath(apiVersion);
    const found = (await transport.send({ ...waiting, method: "GET", path, what: `discover ${apiVersion}` })) as {
      resources?: { kind: string }[];
    };
    return found.resources?.some((resource) => resource.kind === kind) ?? false;
  } catch (error) {
    if (isKubeError(error, "unknown_kind")) return false;
    throw error;
  }
}

/** Every 2xx answer to these requests is an object of the kind asked for; its reader narrows the rest. */
const live = (answer: unknown) => answer as LiveObject;
