import { randomUUID } from "node:crypto";
import { withoutEmpty } from "../fields/empty.ts";
import { applyDefaults } from "../kinds/defaults.ts";
import { validate } from "../kinds/validate.ts";
import { type Context, commitChange, currentFor, trackFields, type WriteOptions } from "./commit.ts";
import { alreadyExists, forbidden, invalid, notFound } from "./errors.ts";
import { copyJson, equalJson, freezeJson } from "./json.ts";
import { assemble, decode, generatedName, kubeTime } from "./metadata.ts";
import { type Resource, resourceOf } from "./resources.ts";
import type { KubeInput, KubeObject, ObjectMeta } from "./types.ts";

export function createObject(
  context: Context,
  resource: Resource,
  input: KubeInput,
  options: WriteOptions,
): KubeObject {
  const { journal } = context;
  const body = withoutEmpty(decode(input));
  const given = body.metadata;
  const name = given.name || (given.generateName ? generatedName(given.generateName) : "");
  if (resource.namespaced) requireNamespace(context, resource, given.namespace ?? "", name);
  const meta: ObjectMeta = {
    ...given,
    name,
    uid: randomUUID(),
    resourceVersion: "",
    creationTimestamp: kubeTime(context.now()),
  };
  delete meta.deletionTimestamp;
  delete meta.deletionGracePeriodSeconds;
  delete meta.generation;
  delete meta.managedFields;
  if (!resource.namespaced) delete meta.namespace;
  if (resource.generation) meta.generation = 1;
  const object = assemble(resource, meta, body);
  if (resource.subresources.includes("status")) delete object.status;
  applyDefaults(resource, object, undefined);
  throwWhenInvalid(context, resource, object, undefined);
  const existing = journal.tables.get(resource.name, meta.namespace, name);
  if (existing) throw alreadyExists(resource, name, existing.metadata.deletionTimestamp !== undefined);
  trackFields(context, object, undefined, options.fields);
  return options.dryRun ? freezeJson(withoutVersion(object)) : journal.put(resource.name, object);
}

function requireNamespace({ journal }: Context, resource: Resource, namespace: string, name: string): void {
  const found = journal.tables.get("namespaces", undefined, namespace);
  if (!found) throw notFound(resourceOf("namespaces"), namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const error = forbidden(resource, name, why);
  error.status.details = {
    ...error.status.details,
    causes: [
      {
        reason: "NamespaceTerminating",
        message: `namespace ${namespace} is being terminated`,
        field: "metadata.namespace",
      },
    ],
  };
  throw error;
}

function throwWhenInvalid(context: Context, resource: Resource, object: KubeObject, before?: KubeObject): void {
  const causes = validate(resource, object, before);
  if (causes.length === 0 && resource.name === "services") causes.push(...context.addresses.assign(object, before));
  if (causes.length > 0) throw invalid(resource, object.metadata.name, causes);
}

export function updateObject(
  context: Context,
  resource: Resource,
  input: KubeObject,
  options: WriteOptions,
): KubeObject {
  const current = currentFor(context, resource, input);
  const body = withoutEmpty(decode(input));
  const meta: ObjectMeta = { ...body.metadata, ...fixedMeta(current) };
  const object = assemble(resource, meta, body);
  if (resource.subresources.includes("status")) {
    delete object.status;
    if (current.status !== undefined) object.status = copyJson(current.status);
  }
  applyDefaults(resource, object, current);
  throwWhenInvalid(context, resource, object, current);
  if (resource.generation && !sameOutsideMeta(object, current) && !isBinding(resource, object, current)) {
    object.metadata.generation = (current.metadata.generation ?? 0) + 1;
  }
  return commitChange(context, resource, object, current, options);
}

/** Members of metadata no update changes. */
function fixedMeta({ metadata }: KubeObject): ObjectMeta {
  const { labels: _l, annotations: _a, ownerReferences: _o, finalizers: _f, managedFields: _m, ...fixed } = metadata;
  return fixed;
}

function sameOutsideMeta(a: KubeObject, b: KubeObject): boolean {
  const { metadata: _a, status: _as, ...restA } = a;
  const { metadata: _b, status: _bs, ...restB } = b;
  return equalJson(restA, restB);
}

/** Giving a pod its node is no change of what it should be. */
function isBinding(resource: Resource, object: KubeObject, current: KubeObject): boolean {
  if (resource.name !== "pods" || current.spec?.nodeName || !object.spec?.nodeName) return false;
  const { nodeName: _node, ...spec } = object.spec;
  return sameOutsideMeta({ ...object, spec }, current);
}

export function updateStatus(
  context: Context,
  resource: Resource,
  input: KubeObject,
  options: WriteOptions,
): KubeObject {
  const current = currentFor(context, resource, input);
  const status = decode(input.status) as unknown;
  const { status: _before, ...rest } = current;
  const object = copyJson({ ...rest, ...(status !== undefined && { status }) }) as KubeObject;
  return commitChange(context, resource, object, current, options);
}

function withoutVersion(object: KubeObject): KubeObject {
  const { resourceVersion: _none, ...metadata } = object.metadata;
  return { ...object, metadata: metadata as ObjectMeta };
}
