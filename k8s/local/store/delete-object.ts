import { type Context, commitChange, currentFor, type WriteOptions } from "./commit.ts";
import { decideDeletion, type Propagation } from "./deletion.ts";
import { ApiError, notFound } from "./errors.ts";
import { copyJson } from "./json.ts";
import { assemble, decode } from "./metadata.ts";
import { type Resource, resourceOf } from "./resources.ts";
import type { KubeObject, ObjectMeta } from "./types.ts";

export type DeleteOptions = {
  gracePeriodSeconds?: number;
  propagationPolicy?: Propagation;
  uid?: string;
  resourceVersion?: string;
  dryRun?: boolean;
};

export function deleteObject(
  context: Context,
  resource: Resource,
  namespace: string | undefined,
  name: string,
  options: DeleteOptions,
): { object: KubeObject; removed: boolean } {
  const { journal, now } = context;
  const current = journal.tables.get(resource.name, resource.namespaced ? namespace : undefined, name);
  if (!current) throw notFound(resource, name);
  checkPreconditions(resource, current, options);
  const step = decideDeletion(current, options, now());
  if (step.kind === "nothing") return { object: current, removed: false };
  if (step.kind === "remove") {
    if (!options.dryRun) journal.remove(resource.name, current);
    return { object: current, removed: true };
  }
  const object = copyJson(current);
  const meta: ObjectMeta = { ...object.metadata, ...step.metadata };
  if (resource.generation && current.metadata.deletionTimestamp === undefined) {
    meta.generation = (current.metadata.generation ?? 0) + 1;
  }
  if (resource.name === "namespaces") object.status = { phase: "Terminating" };
  const marked = assemble(resource, meta, object);
  return { object: commitChange(context, resource, marked, current, options), removed: false };
}

function checkPreconditions(resource: Resource, current: KubeObject, options: DeleteOptions): void {
  const { name, uid, resourceVersion } = current.metadata;
  const refuse = (why: string) =>
    new ApiError(409, "Conflict", `Operation cannot be fulfilled on ${resource.kind} "${name}": ${why}`, {
      name,
      ...(resource.group && { group: resource.group }),
      kind: resource.kind,
    });
  if (options.uid !== undefined && options.uid !== uid) {
    throw refuse(
      `the UID in the precondition (${options.uid}) does not match the UID in record (${uid}). ` +
        "The object might have been deleted and then recreated",
    );
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    throw refuse(
      `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record ` +
        `(${resourceVersion}). The object might have been modified`,
    );
  }
}

export function finalize(context: Context, input: KubeObject, options: WriteOptions): KubeObject {
  const resource = resourceOf("namespaces");
  const current = currentFor(context, resource, input);
  const object = copyJson(current);
  object.spec = { ...object.spec, finalizers: decode(input.spec?.finalizers ?? []) };
  return commitChange(context, resource, object, current, options);
}
