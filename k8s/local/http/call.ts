import type { IncomingMessage, ServerResponse } from "node:http";
import type { LogSource } from "../store/log-source.ts";
import type { Resource } from "../store/resources.ts";
import type { Store } from "../store/store.ts";
import type { User } from "./authentication.ts";
import type { Access, Attributes } from "./authorization.ts";
import type { Verb } from "./route.ts";

/** One request for a resource, authenticated and authorized. */
export type Call = {
  request: IncomingMessage;
  response: ServerResponse;
  query: URLSearchParams;
  resource: Resource;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
  verb: Verb;
  user: User;
  server: ServerParts;
};

export type ServerParts = {
  store: Store;
  logSource(): LogSource | undefined;
  issueToken(namespace: string, name: string, uid: string): string;
  now(): Date;
  watchTimeoutSeconds: number;
  bookmarkIntervalMs: number;
  /** Told of every question of rights. */
  onAccess?: (access: Access) => void;
};

/** What this call asks a right for, or would by another verb. */
export function attributesOf(
  { resource, namespace, name, subresource }: Pick<Call, "resource" | "namespace" | "name" | "subresource">,
  verb: Verb,
): Attributes {
  const own = resource.name === "namespaces" ? name : namespace;
  return {
    verb,
    group: resource.group,
    resource: resource.plural,
    ...(subresource !== undefined && { subresource }),
    ...(own !== undefined && { namespace: own }),
    ...(name !== undefined && { name }),
  };
}

/** Who owns the fields of this write: said by the client, else the first word of its user agent. */
export function managerOf({ query, request }: Pick<Call, "query" | "request">): string {
  const agent = request.headers["user-agent"]?.split("/")[0]?.trim();
  return query.get("fieldManager") || agent || "unknown";
}

export const isDryRun = (call: Call) => call.query.getAll("dryRun").includes("All");
