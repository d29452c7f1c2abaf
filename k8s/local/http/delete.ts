import type { DeleteOptions } from "../store/delete-object.ts";
import { badRequest, invalidOption } from "../store/errors.ts";
import { isObject, type JsonObject } from "../store/json.ts";
import { kubeTime } from "../store/metadata.ts";
import type { KubeObject } from "../store/types.ts";
import { type Call, isDryRun } from "./call.ts";
import { answerJson, contentType, parseObject, readBody } from "./exchange.ts";
import { answerObject, existing, listText, selectionOf } from "./read.ts";

const PROPAGATIONS = ["Foreground", "Background", "Orphan"] as const;
type Propagation = (typeof PROPAGATIONS)[number];

function propagationOf(value: unknown): Propagation | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const known = PROPAGATIONS.find((entry) => entry === value);
  if (known) return known;
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: "Foreground", "Background", "Orphan", "nil"`;
  throw invalidOption("DeleteOptions", { reason: "FieldValueNotSupported", message, field: "propagationPolicy" });
}

/** From the body, or the query where there is none. */
async function optionsOf(call: Call): Promise<DeleteOptions> {
  const text = await readBody(call.request);
  const body: JsonObject = text === "" ? {} : parseObject(contentType(call.request), text, "DeleteOptions");
  return deleteOptions(call, body);
}

export function deleteOptions(call: Call, body: JsonObject): DeleteOptions {
  const { query } = call;
  const grace = body.gracePeriodSeconds ?? query.get("gracePeriodSeconds") ?? undefined;
  if (grace !== undefined && !/^-?\d{1,15}$/.test(String(grace)))
    throw badRequest(`gracePeriodSeconds must be a whole number of seconds, not ${JSON.stringify(grace)}`);
  const propagation = propagationOf(body.propagationPolicy ?? query.get("propagationPolicy") ?? undefined);
  const conditions = isObject(body.preconditions) ? body.preconditions : {};
  const dryRun = isDryRun(call) || (Array.isArray(body.dryRun) && body.dryRun.includes("All"));
  const orphan = body.orphanDependents === true ? "Orphan" : undefined;
  const policy = propagation ?? orphan;
  return {
    ...(grace !== undefined && { gracePeriodSeconds: Number(grace) }),
    ...(policy !== undefined && { propagationPolicy: policy }),
    ...(typeof conditions.uid === "string" && { uid: conditions.uid }),
    ...(typeof conditions.resourceVersion === "string" && { resourceVersion: conditions.resourceVersion }),
    ...(dryRun && { dryRun }),
  };
}

/** These two answer the object even when it goes at once. */
const ANSWERED_WHOLE = new Set(["pods", "services"]);

export async function deleteOne(call: Call): Promise<void> {
  const { server, resource, namespace, name = "" } = call;
  const options = await optionsOf(call);
  existing(call);
  const { object, removed } = server.store.deleteObject(resource.name, namespace, name, options);
  if (!removed || ANSWERED_WHOLE.has(resource.name))
    return answerObject(call, removed ? asDeleted(object, server.now()) : object);
  const { uid } = object.metadata;
  const details = { name, ...(resource.group && { group: resource.group }), kind: resource.plural, uid };
  answerJson(
    call.response,
    200,
    JSON.stringify({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details }),
  );
}

function asDeleted(object: KubeObject, now: Date): KubeObject {
  const { deletionTimestamp = kubeTime(now), generation } = object.metadata;
  const raised =
    generation !== undefined && object.metadata.deletionTimestamp === undefined ? generation + 1 : generation;
  const metadata = { ...object.metadata, deletionTimestamp, deletionGracePeriodSeconds: 0 };
  return { ...object, metadata: raised === undefined ? metadata : { ...metadata, generation: raised } };
}

export async function deleteCollection(call: Call): Promise<void> {
  const { server, resource, response } = call;
  const options = await optionsOf(call);
  const items = selectionOf(call).sorted(server.store);
  for (const { metadata } of items) {
    server.store.deleteObject(resource.name, metadata.namespace, metadata.name, options);
  }
  answerJson(response, 200, listText(call, items, { resourceVersion: String(server.store.currentVersion()) }));
}
