import { apply } from "../fields/apply.ts";
import { updateTracker } from "../fields/managers.ts";
import { bad } from "../kinds/validate-rules.ts";
import { ApiError, badRequest, modifiedMeanwhile } from "../store/errors.ts";
import { isObject, type JsonObject } from "../store/json.ts";
import type { KubeObject } from "../store/types.ts";
import { type Call, managerOf } from "./call.ts";
import { deleteOptions } from "./delete.ts";
import { answerJson, contentType, parseObject, parseYaml, readBody } from "./exchange.ts";
import { existing } from "./read.ts";
import { APPLY_TYPE, applierOf, parsePatch, patchOperation, store } from "./write.ts";

/** An object's replica count as autoscaling/v1 has it; a count of zero is left out. */
function scaleOf({ metadata, spec, status }: KubeObject) {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const selector = Object.entries((spec.selector?.matchLabels ?? {}) as Record<string, string>)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(",");
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: spec.replicas ? { replicas: spec.replicas as number } : {},
    status: { replicas: status?.replicas ?? 0, selector },
  };
}

const answerScale = (call: Call, object: KubeObject) => answerJson(call.response, 200, JSON.stringify(scaleOf(object)));

async function desiredScale(call: Call, current: KubeObject): Promise<JsonObject> {
  const text = await readBody(call.request);
  if (call.verb === "update") return parseObject(contentType(call.request), text, "Scale");
  const result = patchOperation(call)(scaleOf(current), parsePatch(text));
  if (!isObject(result)) throw badRequest("error decoding patch: the result is not an object");
  return result;
}

export async function scale(call: Call): Promise<void> {
  if (call.verb === "get") return answerScale(call, existing(call));
  if (contentType(call.request) === APPLY_TYPE) return applyScale(call);
  const wanted = await desiredScale(call, existing(call));
  const current = existing(call);
  const version = isObject(wanted.metadata) ? wanted.metadata.resourceVersion : undefined;
  if (version && version !== current.metadata.resourceVersion) throw modifiedMeanwhile(call.resource, call.name ?? "");
  const replicas = replicasOf(call, wanted);
  const object = { ...current, spec: { ...current.spec, replicas } };
  answerScale(call, store(call, object, updateTracker(managerOf(call), "scale")));
}

function replicasOf(call: Call, wanted: JsonObject): number {
  const replicas = isObject(wanted.spec) ? (wanted.spec.replicas ?? 0) : 0;
  if (typeof replicas !== "number") throw badRequest("spec.replicas: expected a number");
  if (replicas >= 0) return replicas;
  const cause = bad("spec.replicas", replicas, "must be greater than or equal to 0");
  const message = `Scale.autoscaling "${call.name}" is invalid: ${cause.field}: ${cause.message}`;
  const details = { ...(call.name !== undefined && { name: call.name }), group: "autoscaling", kind: "Scale" };
  throw new ApiError(422, "Invalid", message, { ...details, causes: [cause] });
}

async function applyScale(call: Call): Promise<void> {
  const text = await readBody(call.request);
  const manager = applierOf(call);
  const config = parseYaml(text);
  if (!isObject(config) || config.kind !== "Scale") throw badRequest("invalid object type: /, Kind=");
  const force = call.query.get("force") === "true";
  const spec = { replicas: replicasOf(call, config) };
  const { object, tracker } = apply(existing(call), { spec }, { manager, force, subresource: "scale" });
  answerScale(call, store(call, object, tracker));
}

/** Deletes a pod as a drain would. Budgets are stored, not enforced. */
export async function evict(call: Call): Promise<void> {
  const text = await readBody(call.request);
  const body = parseObject(contentType(call.request), text, "Eviction");
  existing(call);
  const options = deleteOptions(call, isObject(body.deleteOptions) ? body.deleteOptions : {});
  call.server.store.deleteObject("pods", call.namespace, call.name ?? "", options);
  answerJson(call.response, 201, JSON.stringify({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" }));
}

/** A token for a ServiceAccount. It does not expire: what it says about that is what was asked for. */
export async function issueToken(call: Call): Promise<void> {
  const text = await readBody(call.request);
  const body = text === "" ? {} : parseObject(contentType(call.request), text, "TokenRequest");
  const { name, namespace = "", uid } = existing(call).metadata;
  const spec = isObject(body.spec) ? body.spec : {};
  const seconds = typeof spec.expirationSeconds === "number" ? spec.expirationSeconds : 3600;
  const expirationTimestamp = new Date(call.server.now().getTime() + seconds * 1000).toISOString();
  const answer = {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { name, namespace },
    spec: {
      audiences: ["https://kubernetes.default.svc.cluster.local"],
      expirationSeconds: seconds,
      boundObjectRef: null,
    },
    status: { token: call.server.issueToken(namespace, name, uid), expirationTimestamp },
  };
  answerJson(call.response, 201, JSON.stringify(answer));
}
