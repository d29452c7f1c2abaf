import { ApiError, badRequest, notFound } from "../store/errors.ts";
import { jsonOf } from "../store/json.ts";
import { apiVersionOf } from "../store/resources.ts";
import type { Store } from "../store/store.ts";
import type { KubeObject } from "../store/types.ts";
import type { Call } from "./call.ts";
import { answerJson, representationFor } from "./exchange.ts";
import { partialObject, tableOf } from "./representations.ts";
import { parseFieldSelector, parseLabelSelector } from "./selectors.ts";

/** Which objects a list or watch is about. */
export type Selection = {
  inScope(object: KubeObject): boolean;
  matches(object: KubeObject): boolean;
  /** By namespace and name, as lists come. */
  sorted(store: Pick<Store, "list" | "get">): KubeObject[];
  selective: boolean;
};

const orderKey = ({ metadata }: KubeObject) => `${metadata.namespace ?? ""}/${metadata.name}`;
const byKey = (a: KubeObject, b: KubeObject) => (orderKey(a) < orderKey(b) ? -1 : 1);

export function selectionOf({ query, resource, namespace, name }: Call): Selection {
  const labels = query.get("labelSelector") ?? "";
  const fields = query.get("fieldSelector") ?? "";
  const byLabels = labels ? parseLabelSelector(labels) : () => true;
  const byFields = fields ? parseFieldSelector(resource, fields) : () => true;
  const named = (object: KubeObject) => name === undefined || object.metadata.name === name;
  const matches = (object: KubeObject) => named(object) && byLabels(object) && byFields(object);
  return {
    inScope: (object) => namespace === undefined || object.metadata.namespace === namespace,
    matches,
    sorted: (store) => store.list(resource.name, namespace).filter(matches).sort(byKey),
    selective: labels !== "" || fields !== "",
  };
}

/** An object in the form asked for. */
export function answerObject(call: Call, object: KubeObject, code = 200): void {
  const as = representationFor(call.request);
  const { response, server, resource, query } = call;
  if (as === "table") {
    const include = query.get("includeObject") ?? "Metadata";
    const list = { resourceVersion: object.metadata.resourceVersion };
    answerJson(
      response,
      code,
      JSON.stringify(tableOf(resource, [object], list, { include, now: server.now(), columns: true })),
    );
  } else if (as === "partial" || as === "partial-list")
    answerJson(response, code, JSON.stringify(partialObject(object)));
  else answerJson(response, code, jsonOf(object), as);
}

export function get(call: Call): void {
  answerObject(call, existing(call));
}

/** The object a path names; 404. */
export function existing({ server, resource, namespace, name = "" }: Call): KubeObject {
  const object = server.store.get(resource.name, namespace, name);
  if (!object) throw notFound(resource, name);
  return object;
}

type Page = { items: KubeObject[]; version: number; next?: string; remaining?: number };
type Token = { v: "meta.k8s.io/v1"; rv: number; start: string };

function pageOf(call: Call, selection: Selection): Page {
  const { query, server } = call;
  const current = server.store.currentVersion();
  const asked = query.get("resourceVersion") ?? "";
  const token = query.get("continue") ?? "";
  const limit = asked === "0" ? 0 : Number(query.get("limit") ?? 0);
  checkVersion(asked, query.get("resourceVersionMatch"), token, current);
  const from = token ? decodeToken(token) : undefined;
  if (from && from.rv > 0 && from.rv !== current) throwWhenForgotten(call, from);
  const version = from && from.rv > 0 ? from.rv : current;
  const all = selection.sorted(server.store).filter((object) => !from || orderKey(object) > from.start);
  if (limit <= 0 || all.length <= limit) return { items: all, version };
  const items = all.slice(0, limit);
  const last = items.at(-1);
  const start = last ? orderKey(last) : "";
  const next = encodeToken({ v: "meta.k8s.io/v1", rv: version, start });
  return { items, version, next, ...(!selection.selective && { remaining: all.length - limit }) };
}

const encodeToken = (token: Token) => Buffer.from(JSON.stringify(token)).toString("base64url");

function decodeToken(text: string): Token {
  try {
    const token = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as Token;
    if (typeof token.start === "string" && typeof token.rv === "number") return token;
  } catch {
    // Answered below, like every other token we did not make.
  }
  throw badRequest(
    "invalid continue token: continue key is not valid: invalid character looking for beginning of value",
  );
}

/** Pages are cut from the list as it is now, so a token lives as long as the history does: then the client starts over. */
function throwWhenForgotten(call: Call, token: Token): void {
  try {
    call.server.store.eventsSince(token.rv);
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    const error = new ApiError(
      410,
      "Expired",
      "The provided continue parameter is too old to display a consistent list result. You can start a new list without " +
        "the continue parameter, or use the continue token in this response to retrieve the remainder of the results.",
    );
    error.status.metadata = { continue: encodeToken({ ...token, rv: -1 }) };
    throw error;
  }
}

function checkVersion(asked: string, match: string | null, token: string, current: number): void {
  if (!/^\d*$/.test(asked)) {
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: "${asked}": strconv.ParseUint: parsing "${asked}": invalid syntax`,
    );
  }
  if (token && asked && asked !== "0")
    throw badRequest("specifying resource version is not allowed when using continue");
  if (match === "Exact" && asked && Number(asked) < current) {
    throw new ApiError(410, "Expired", "The resourceVersion for the provided list is too old.");
  }
  if (Number(asked || 0) > current) {
    const message = `Timeout: Too large resource version: ${asked}, current: ${current}`;
    throw new ApiError(504, "Timeout", message, {
      causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
      retryAfterSeconds: 1,
    });
  }
}

export function list(call: Call): void {
  const as = representationFor(call.request);
  const { response, resource, server, query } = call;
  const page = pageOf(call, selectionOf(call));
  const metadata = {
    resourceVersion: String(page.version),
    ...(page.next !== undefined && { continue: page.next }),
    ...(page.remaining !== undefined && { remainingItemCount: page.remaining }),
  };
  if (as === "table") {
    const include = query.get("includeObject") ?? "Metadata";
    const table = tableOf(resource, page.items, metadata, { include, now: server.now(), columns: true });
    answerJson(response, 200, JSON.stringify(table));
  } else if (as === "partial" || as === "partial-list") {
    const items = page.items.map(partialObject);
    const body = { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1", metadata, items };
    answerJson(response, 200, JSON.stringify(body));
  } else answerJson(response, 200, listText(call, page.items, metadata), as);
}

/** Items carry neither kind nor apiVersion. Joined from texts made before: a list of thousands costs no encoding. */
export function listText({ resource }: Pick<Call, "resource">, items: readonly KubeObject[], metadata: object): string {
  const version = apiVersionOf(resource);
  const prefix = JSON.stringify({ kind: resource.kind, apiVersion: version }).slice(0, -1);
  const bodies = items.map((item) => {
    const text = jsonOf(item);
    return text.startsWith(prefix) ? `{${text.slice(prefix.length + 1)}` : text;
  });
  const head = JSON.stringify({ kind: `${resource.kind}List`, apiVersion: version, metadata }).slice(0, -1);
  return `${head},"items":[${bodies.join(",")}]}`;
}
