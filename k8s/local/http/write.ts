import { apply } from "../fields/apply.ts";
import { entriesOf, type FieldTracker, updateTracker } from "../fields/managers.ts";
import { schemaOf } from "../fields/schema.ts";
import { checkTypes, TypeFault, unknownFields, withoutUnknown } from "../fields/typed.ts";
import { applyDefaults } from "../kinds/defaults.ts";
import { bad, required } from "../kinds/validate-rules.ts";
import { jsonPatch } from "../patch/json-patch.ts";
import { mergePatch } from "../patch/merge-patch.ts";
import { strategicMergePatch } from "../patch/strategic-merge-patch.ts";
import type { WriteOptions } from "../store/commit.ts";
import { ApiError, badRequest, invalidOption, modifiedMeanwhile } from "../store/errors.ts";
import { isObject, type JsonObject } from "../store/json.ts";
import { apiVersionOf } from "../store/resources.ts";
import type { KubeInput, KubeObject } from "../store/types.ts";
import { requireRight } from "./authorization.ts";
import { attributesOf, type Call, isDryRun, managerOf } from "./call.ts";
import { contentType, parseObject, parseYaml, readBody } from "./exchange.ts";
import { answerObject, existing } from "./read.ts";

type Meta = Partial<KubeObject["metadata"]>;
const metaOf = (body: JsonObject): Meta => (isObject(body.metadata) ? (body.metadata as Meta) : {});

/** The body as an object of the call's kind, or the 400 that says why it is none. */
export function decodeBody(call: Call, body: JsonObject): KubeInput {
  const { resource } = call;
  const version = apiVersionOf(resource);
  const { apiVersion = version, kind = resource.kind } = body as { apiVersion?: string; kind?: string };
  if (apiVersion !== version || kind !== resource.kind) {
    throw badRequest(
      `${kind} in version "${apiVersion}" cannot be handled as a ${resource.kind}: ` +
        `the kind or version of the object does not match the path`,
    );
  }
  return withChecked(call, { ...body, apiVersion, kind, metadata: metaOf(body) });
}

/** Unknown fields are refused or dropped with a warning, as `fieldValidation` says; wrong types are refused. */
function withChecked(call: Call, object: KubeInput): KubeInput {
  const schema = schemaOf(object.kind);
  const mode = call.query.get("fieldValidation") ?? "Warn";
  const unknown = mode === "Ignore" ? [] : unknownFields(object, schema);
  if (unknown.length > 0 && mode === "Strict") {
    const list = unknown.map((field) => `unknown field "${field}"`).join(", ");
    throw badRequest(
      `${object.kind} in version "${call.resource.version}" cannot be handled as a ${object.kind}: strict decoding error: ${list}`,
    );
  }
  if (unknown.length > 0)
    call.response.setHeader(
      "warning",
      unknown.map((field) => `299 - "unknown field \\"${field}\\""`),
    );
  const known = withoutUnknown(object, schema);
  try {
    checkTypes(known, schema);
  } catch (cause) {
    if (!(cause instanceof TypeFault)) throw cause;
    throw badRequest(
      `${object.kind} in version "${call.resource.version}" cannot be handled as a ${object.kind}: ${cause.message.slice(1)}`,
    );
  }
  return known;
}

/** The path's name and namespace win only where the body is silent. */
function placed<T extends KubeInput>(call: Call, object: T): T {
  const { namespace, name } = call;
  const metadata: Meta = { ...object.metadata };
  if (namespace !== undefined && metadata.namespace && metadata.namespace !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (name !== undefined && metadata.name && metadata.name !== name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  }
  if (namespace !== undefined) metadata.namespace = namespace;
  if (name !== undefined) metadata.name = name;
  return { ...object, metadata };
}

/** A client resets ownership by sending an empty list of entries. */
function trackerFor(call: Call, body: JsonObject): FieldTracker {
  const tracker = updateTracker(managerOf(call), call.subresource);
  const given = metaOf(body).managedFields;
  const reset = Array.isArray(given) && entriesOf(body as KubeObject).length === 0;
  return reset ? { ...tracker, track: () => [] } : tracker;
}

const optionsFor = (call: Call, fields: FieldTracker): WriteOptions => ({ fields, dryRun: isDryRun(call) });

export async function create(call: Call): Promise<void> {
  const { request, resource, server } = call;
  const body = parseObject(contentType(request), await readBody(request), resource.kind);
  const object = placed(call, decodeBody(call, body));
  const made = server.store.createObject(resource.name, object, optionsFor(call, updateTracker(managerOf(call))));
  answerObject(call, made, 201);
}

/** Writes through the door the path names: the object itself or its status. */
export function store(call: Call, object: KubeObject, fields: FieldTracker): KubeObject {
  const { server, resource, subresource } = call;
  const options = optionsFor(call, fields);
  if (subresource === "status") return server.store.updateObjectStatus(resource.name, object, options);
  if (subresource === "finalize") return server.store.finalize(object, { dryRun: isDryRun(call) });
  return server.store.updateObject(resource.name, object, options);
}

export async function update(call: Call): Promise<void> {
  const { request, resource } = call;
  const body = parseObject(contentType(request), await readBody(request), resource.kind);
  const object = placed(call, decodeBody(call, body)) as KubeObject;
  existing(call);
  requireVersion(call, object);
  answerObject(call, store(call, object, trackerFor(call, body)));
}

const PATCHES: Readonly<Record<string, (target: unknown, patch: unknown) => unknown>> = {
  "application/merge-patch+json": mergePatch,
  "application/json-patch+json": jsonPatch,
  "application/strategic-merge-patch+json": strategicMergePatch,
};
export const APPLY_TYPE = "application/apply-patch+yaml";

/** The operation of a patch's content type; 415. */
export function patchOperation(call: Call): (target: unknown, patch: unknown) => unknown {
  const operation = PATCHES[contentType(call.request)];
  if (operation) return operation;
  throw new ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});
}

export async function patch(call: Call): Promise<void> {
  if (contentType(call.request) === APPLY_TYPE) return applyPatch(call);
  const operation = patchOperation(call);
  const text = await readBody(call.request);
  const current = existing(call);
  const result = operation(current, parsePatch(text));
  if (!isObject(result)) throw badRequest("error decoding patch: the result is not an object");
  const object = placed(call, withPatchTypes(call, current, result)) as KubeObject;
  answerObject(call, store(call, object, trackerFor(call, result)));
}

export function parsePatch(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badRequest(`error decoding patch: ${cause instanceof Error ? cause.message : "invalid JSON"}`);
  }
}

/** A patch that makes a field something else than its type is a 422, as is an unknown kind. */
function withPatchTypes(call: Call, current: KubeObject, result: JsonObject): KubeInput {
  const whole = { ...result, kind: current.kind, apiVersion: current.apiVersion };
  try {
    return decodeBody(call, whole);
  } catch (cause) {
    if (!(cause instanceof ApiError) || call.query.get("fieldValidation") === "Strict") throw cause;
    const message = `Invalid value: ${JSON.stringify(JSON.stringify(result))}: ${cause.message}`;
    throw new ApiError(422, "Invalid", ` "" is invalid: patch: ${message}`, {
      causes: [{ reason: "FieldValueInvalid", message, field: "patch" }],
    });
  }
}

/** Kinds whose updates must say which state they change. */
const CONDITIONAL = new Set([
  "leases.coordination.k8s.io",
  "podmonitors.monitoring.coreos.com",
  "customresourcedefinitions.apiextensions.k8s.io",
]);

function requireVersion({ resource }: Call, { metadata }: KubeObject): void {
  if (metadata.resourceVersion || !CONDITIONAL.has(resource.name)) return;
  const cause = bad("metadata.resourceVersion", 0, "must be specified for an update");
  const message = `${resource.name} "${metadata.name}" is invalid: ${cause.field}: ${cause.message}`;
  const details = { name: metadata.name, group: resource.group, kind: resource.plural };
  throw new ApiError(422, "Invalid", message, { ...details, causes: [cause] });
}

/** The configuration of an apply request; 400 for another kind or with ownership inside. */
function configurationOf(call: Call, text: string): JsonObject {
  let config: unknown;
  try {
    config = parseYaml(text);
  } catch (cause) {
    throw badRequest(`error decoding YAML: ${cause instanceof Error ? cause.message : "invalid"}`);
  }
  const { apiVersion = "", kind = "" } = isObject(config) ? (config as { apiVersion?: string; kind?: string }) : {};
  if (!isObject(config) || apiVersion !== apiVersionOf(call.resource) || kind !== call.resource.kind) {
    throw badRequest(`invalid object type: ${apiVersion || "/"}, Kind=${kind}`);
  }
  if (metaOf(config).managedFields !== undefined) throw badRequest("metadata.managedFields must be nil");
  return config;
}

/** Who applies; 422 when it is not said: what is applied must be owned by somebody. */
export function applierOf({ query }: Pick<Call, "query">): string {
  const manager = query.get("fieldManager");
  if (!manager) throw invalidOption("PatchOptions", required("fieldManager", "is required for apply patch"));
  return manager;
}

async function applyPatch(call: Call): Promise<void> {
  const { query, resource, server, namespace, name = "" } = call;
  const text = await readBody(call.request);
  const manager = applierOf(call);
  const config = configurationOf(call, text);
  placed(call, config as KubeInput);
  const live = server.store.get(resource.name, namespace, name);
  const force = query.get("force") === "true";
  const request = {
    manager,
    force,
    ...(call.subresource === undefined
      ? { complete: (object: KubeObject) => applyDefaults(resource, object, live) }
      : { subresource: call.subresource }),
  };
  const { uid, resourceVersion } = metaOf(config);
  if (!live) {
    existingForSubresource(call);
    // To apply what is not there is to create it, and needs that right too.
    requireRight(server, call.user, attributesOf(call, "create"));
    const metadata = { name, ...(namespace !== undefined && { namespace }) } as KubeObject["metadata"];
    const blank: KubeObject = { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata };
    const { object, tracker } = apply(blank, config, request);
    answerObject(call, server.store.createObject(resource.name, object, optionsFor(call, tracker)), 201);
    return;
  }
  if (resourceVersion && resourceVersion !== live.metadata.resourceVersion) throw modifiedMeanwhile(resource, name);
  const { object, tracker } = apply(live, config, request);
  const metadata = uid ? { ...object.metadata, uid } : object.metadata;
  answerObject(call, store(call, { ...object, metadata }, tracker));
}

/** Status of an object that is not there cannot be applied. */
function existingForSubresource(call: Call): void {
  if (call.subresource !== undefined) existing(call);
}
