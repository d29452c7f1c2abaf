import { ApiError } from "../store/errors.ts";
import type { Store } from "../store/store.ts";
import type { KubeObject } from "../store/types.ts";
import type { User } from "./authentication.ts";

export type Attributes = {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
};

/** One question of rights and its answer, as an audit log has it. */
export type Access = Attributes & { user: string; allowed: boolean };

type Rule = { verbs: string[]; apiGroups?: string[]; resources?: string[]; resourceNames?: string[] };

const holds = (list: readonly string[] | undefined, value: string) =>
  list !== undefined && (list.includes("*") || list.includes(value));

function ruleAllows(rule: Rule, { verb, group, resource, subresource, name }: Attributes): boolean {
  const wanted = subresource === undefined ? resource : `${resource}/${subresource}`;
  const named = rule.resourceNames?.length ? name !== undefined && rule.resourceNames.includes(name) : true;
  return holds(rule.verbs, verb) && holds(rule.apiGroups, group) && holds(rule.resources, wanted) && named;
}

function isSubject(
  subject: { kind: string; name: string; namespace?: string },
  user: User,
  namespace: string,
): boolean {
  if (subject.kind === "ServiceAccount") {
    return user.name === `system:serviceaccount:${subject.namespace ?? namespace}:${subject.name}`;
  }
  return subject.kind === "Group" ? user.groups.includes(subject.name) : user.name === subject.name;
}

export const isAdmin = (user: User) => user.groups.includes("system:masters");

/** Which RoleBinding allows it, as a review's reason says; undefined when none does. */
export function allowedBy(store: Pick<Store, "get" | "list">, user: User, attributes: Attributes): string | undefined {
  if (isAdmin(user)) return "";
  const { namespace } = attributes;
  if (namespace === undefined) return undefined;
  for (const binding of store.list("rolebindings.rbac.authorization.k8s.io", namespace)) {
    const subjects: { kind: string; name: string; namespace?: string }[] = binding.subjects ?? [];
    if (!subjects.some((subject) => isSubject(subject, user, namespace))) continue;
    const role = binding.roleRef?.kind === "Role" ? roleOf(store, namespace, binding.roleRef.name) : undefined;
    const rules: Rule[] = role?.rules ?? [];
    if (rules.some((rule) => ruleAllows(rule, attributes))) {
      return `RBAC: allowed by RoleBinding "${binding.metadata.name}/${namespace}" of Role "${binding.roleRef.name}"`;
    }
  }
  return undefined;
}

const roleOf = (store: Pick<Store, "get">, namespace: string, name: string): KubeObject | undefined =>
  store.get("roles.rbac.authorization.k8s.io", namespace, name);

/** The rules of every binding of this user in the namespace. */
export function rulesOf(store: Pick<Store, "get" | "list">, user: User, namespace: string): Rule[] {
  if (isAdmin(user)) return [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }];
  return store.list("rolebindings.rbac.authorization.k8s.io", namespace).flatMap((binding) => {
    const subjects: { kind: string; name: string; namespace?: string }[] = binding.subjects ?? [];
    const bound = subjects.some((subject) => isSubject(subject, user, namespace));
    return bound ? ((roleOf(store, namespace, binding.roleRef?.name)?.rules ?? []) as Rule[]) : [];
  });
}

/** Throws the 403 that says who may not do what. */
export function requireRight(
  { store, onAccess }: { store: Pick<Store, "get" | "list">; onAccess?: (access: Access) => void },
  user: User,
  attributes: Attributes,
): void {
  const allowed = allowedBy(store, user, attributes) !== undefined;
  onAccess?.({ ...attributes, user: user.name, allowed });
  if (!allowed) throw forbiddenResource(user, attributes);
}

function forbiddenResource(user: User, attributes: Attributes): ApiError {
  const { verb, group, resource, subresource, namespace, name } = attributes;
  const qualified = group ? `${resource}.${group}` : resource;
  const full = subresource === undefined ? resource : `${resource}/${subresource}`;
  const where = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  return new ApiError(
    403,
    "Forbidden",
    `${qualified}${name ? ` "${name}"` : ""} is forbidden: User "${user.name}" cannot ${verb} resource "${full}" in API group "${group}" ${where}`,
    { ...(name && { name }), ...(group && { group }), kind: resource },
  );
}

export const forbiddenPath = (user: User, method: string, path: string) =>
  new ApiError(403, "Forbidden", `forbidden: User "${user.name}" cannot ${method.toLowerCase()} path "${path}"`, {});
