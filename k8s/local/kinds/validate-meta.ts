import type { Cause } from "../store/errors.ts";
import type { Resource } from "../store/resources.ts";
import type { KubeObject, OwnerReference } from "../store/types.ts";
import { bad, LABEL_RULE, LABEL_VALUE_RULE, NAME_PART_RULE, required, SUBDOMAIN_RULE } from "./validate-rules.ts";

const LABEL_NAMED = new Set(["services", "namespaces"]);
/** Path segments: colons and capitals are fine. */
const PATH_NAMED = new Set(["roles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io"]);
const ANNOTATIONS_MAX_BYTES = 256 * 1024;

function nameOf(resource: Resource, name: string): Cause[] {
  if (name === "") return [required("metadata.name", "name or generateName is required")];
  if (resource.name === "namespaces" && name.includes("."))
    return [bad("metadata.name", name, "must not contain dots")];
  if (PATH_NAMED.has(resource.name))
    return /[/%]/.test(name) ? [bad("metadata.name", name, "may not contain '/' or '%'")] : [];
  const rule = LABEL_NAMED.has(resource.name) ? LABEL_RULE : SUBDOMAIN_RULE;
  return rule.test(name) ? [] : [bad("metadata.name", name, rule.message)];
}

function keys(map: Readonly<Record<string, string>> | undefined, field: string): Cause[] {
  return Object.keys(map ?? {}).flatMap((key) => {
    const slash = key.indexOf("/");
    const prefix = slash < 0 ? undefined : key.slice(0, slash);
    if (prefix !== undefined && !SUBDOMAIN_RULE.test(prefix))
      return [bad(field, key, `prefix part ${SUBDOMAIN_RULE.message}`)];
    return NAME_PART_RULE.test(key.slice(slash + 1)) ? [] : [bad(field, key, NAME_PART_RULE.message)];
  });
}

function labelValues(labels: Readonly<Record<string, string>> | undefined): Cause[] {
  return Object.values(labels ?? {})
    .filter((value) => !LABEL_VALUE_RULE.test(value))
    .map((value) =>
      value.length > 63
        ? bad("metadata.labels", value, "must be no more than 63 characters")
        : bad("metadata.labels", value, LABEL_VALUE_RULE.message),
    );
}

function twoControllers(owners: readonly OwnerReference[]): Cause[] {
  const [first, second] = owners.filter((owner) => owner.controller);
  if (!first || !second) return [];
  const names = [first, second].map((owner) => `${owner.kind}/${owner.name}`).join(" and ");
  const message = `Only one reference can have Controller set to true. Found "true" in references for ${names}`;
  return [bad("metadata.ownerReferences", owners, message)];
}

export function validateMeta(resource: Resource, { metadata }: KubeObject): Cause[] {
  const { labels, annotations, ownerReferences = [] } = metadata;
  const bytes = Object.entries(annotations ?? {}).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  const tooLong: Cause = {
    reason: "FieldValueTooLong",
    message: `Too long: may not be more than ${ANNOTATIONS_MAX_BYTES} bytes`,
    field: "metadata.annotations",
  };
  return [
    ...nameOf(resource, metadata.name),
    ...keys(labels, "metadata.labels"),
    ...labelValues(labels),
    ...keys(annotations, "metadata.annotations"),
    ...(bytes > ANNOTATIONS_MAX_BYTES ? [tooLong] : []),
    ...twoControllers(ownerReferences),
    ...ownerReferences.flatMap((owner, index) =>
      (["apiVersion", "kind", "name", "uid"] as const)
        .filter((member) => !owner[member])
        .map((member) => bad(`metadata.ownerReferences[${index}].${member}`, "", `${member} must not be empty`)),
    ),
  ];
}
