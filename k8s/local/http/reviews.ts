import type { IncomingMessage, ServerResponse } from "node:http";
import { isObject, type JsonObject } from "../store/json.ts";
import type { Store } from "../store/store.ts";
import { ADMIN, type Authenticator, type User } from "./authentication.ts";
import { allowedBy, isAdmin, rulesOf } from "./authorization.ts";
import { answerJson, contentType, parseObject, readBody } from "./exchange.ts";

type Context = { store: Store; authenticator: Authenticator; user: User };
type Review = (spec: JsonObject, context: Context) => { status: JsonObject; spec?: JsonObject };

const text = (value: unknown): string => (typeof value === "string" ? value : "");

function decide(spec: JsonObject, store: Store, user: User): JsonObject {
  const attributes = isObject(spec.resourceAttributes) ? spec.resourceAttributes : undefined;
  if (!attributes) return { allowed: isAdmin(user) };
  const { namespace, name, subresource } = attributes;
  const reason = allowedBy(store, user, {
    verb: text(attributes.verb),
    group: text(attributes.group),
    resource: text(attributes.resource),
    ...(text(namespace) && { namespace: text(namespace) }),
    ...(text(name) && { name: text(name) }),
    ...(text(subresource) && { subresource: text(subresource) }),
  });
  return { allowed: reason !== undefined, ...(reason && { reason }) };
}

function namedUser(spec: JsonObject): User {
  if (text(spec.user) === ADMIN.name) return ADMIN;
  return { name: text(spec.user), groups: Array.isArray(spec.groups) ? spec.groups.map(String) : [] };
}

const userInfo = (user: User) => ({
  username: user.name,
  ...(user.uid !== undefined && { uid: user.uid }),
  groups: user.groups,
});

const REVIEWS: Readonly<Record<string, { kind: string; review: Review }>> = {
  "authorization.k8s.io/v1/selfsubjectaccessreviews": {
    kind: "SelfSubjectAccessReview",
    review: (spec, { store, user }) => ({ spec, status: decide(spec, store, user) }),
  },
  "authorization.k8s.io/v1/subjectaccessreviews": {
    kind: "SubjectAccessReview",
    review: (spec, { store }) => ({ spec, status: decide(spec, store, namedUser(spec)) }),
  },
  "authorization.k8s.io/v1/localsubjectaccessreviews": {
    kind: "LocalSubjectAccessReview",
    review: (spec, { store }) => ({ spec, status: decide(spec, store, namedUser(spec)) }),
  },
  "authorization.k8s.io/v1/selfsubjectrulesreviews": {
    kind: "SelfSubjectRulesReview",
    review: (spec, { store, user }) => ({
      spec: {},
      status: { resourceRules: rulesOf(store, user, text(spec.namespace)), nonResourceRules: [], incomplete: false },
    }),
  },
  "authentication.k8s.io/v1/selfsubjectreviews": {
    kind: "SelfSubjectReview",
    review: (_spec, { user }) => ({ status: { userInfo: userInfo(user) } }),
  },
  "authentication.k8s.io/v1/tokenreviews": {
    kind: "TokenReview",
    review: (spec, { authenticator }) => {
      const found = authenticator.userOf(`Bearer ${text(spec.token)}`);
      return { spec: {}, status: found ? { authenticated: true, user: userInfo(found) } : { authenticated: false } };
    },
  },
};

/** Questions about rights and identity: answered, never stored. False when the path is none of them. */
export async function answerReview(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  context: Context,
): Promise<boolean> {
  const key = path.replace(/^\/apis\//, "").replace(/\/namespaces\/[^/]+\//, "/");
  const found = REVIEWS[key];
  if (request.method !== "POST" || !found) return false;
  const body = parseObject(contentType(request), await readBody(request), found.kind);
  const { status, spec } = found.review(isObject(body.spec) ? body.spec : {}, context);
  const apiVersion = key.split("/").slice(0, 2).join("/");
  answerJson(
    response,
    201,
    JSON.stringify({ kind: found.kind, apiVersion, metadata: {}, ...(spec && { spec }), status }),
  );
  return true;
}
