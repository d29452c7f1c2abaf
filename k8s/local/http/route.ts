import { RESOURCES, type Resource, resourceByPath } from "../store/resources.ts";

export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";

/** What a path names. `verb` is missing when the method does not fit the path (405). */
export type ResourceRoute = {
  kind: "resource";
  resource: Resource;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
  verb: Verb | undefined;
};
export type Route =
  | ResourceRoute
  /** A known group, but nothing of that name in it: a Status. */
  | { kind: "unknown-resource" }
  /** Not a resource path at all: discovery, health, version. */
  | { kind: "other" };

const GROUPS = new Set(RESOURCES.map((entry) => entry.group));

function verbOf(method: string, named: boolean, watch: boolean): Verb | undefined {
  if (method === "GET" || method === "HEAD") return watch ? "watch" : named ? "get" : "list";
  if (method === "POST") return named ? undefined : "create";
  if (method === "PUT") return named ? "update" : undefined;
  if (method === "PATCH") return named ? "patch" : undefined;
  if (method === "DELETE") return named ? "delete" : "deletecollection";
  return undefined;
}

/** `/api/v1/…` and `/apis/<group>/<version>/…` behind their prefix; undefined elsewhere. */
function splitVersion(segments: readonly string[]) {
  const [root, first, second] = segments;
  if (root === "api" && first !== undefined) return { group: "", version: first, rest: segments.slice(2) };
  if (root === "apis" && first !== undefined && second !== undefined) {
    return { group: first, version: second, rest: segments.slice(3) };
  }
  return undefined;
}

export function routeOf(method: string, url: URL): Route {
  const segments = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  const version = splitVersion(segments);
  if (!version || version.rest.length === 0 || !GROUPS.has(version.group)) return { kind: "other" };
  const watchPath = version.rest[0] === "watch";
  const rest = watchPath ? version.rest.slice(1) : version.rest;
  const inNamespace = rest[0] === "namespaces" && rest.length > 2 && !isNamespaceSubresource(rest);
  const namespace = inNamespace ? rest[1] : undefined;
  const [plural = "", name, subresource, more] = inNamespace ? rest.slice(2) : rest;
  const resource = resourceByPath(version.group, version.version, plural);
  if (!resource || more !== undefined) return { kind: "unknown-resource" };
  if (subresource !== undefined && !resource.subresources.some((known) => known === subresource)) {
    return { kind: "unknown-resource" };
  }
  // A namespaced object has no address without its namespace, and a cluster-wide one none inside of it.
  if (resource.namespaced ? namespace === undefined && name !== undefined : inNamespace)
    return { kind: "unknown-resource" };
  const watch = watchPath || ["true", "1"].includes(url.searchParams.get("watch") ?? "");
  const postsBelow = subresource === "eviction" || subresource === "token";
  const verb = postsBelow && method === "POST" ? "create" : verbOf(method, name !== undefined, watch);
  const scoped = verb === "create" && resource.namespaced && namespace === undefined ? undefined : verb;
  return { kind: "resource", resource, namespace, name, subresource, verb: scoped };
}

const isNamespaceSubresource = (rest: readonly string[]) =>
  rest.length === 3 && (rest[2] === "status" || rest[2] === "finalize");
