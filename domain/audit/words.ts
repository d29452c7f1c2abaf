/** What each audited verb did, in words that follow a name: "Ada" + "rolled back" + "credit-score". */
const WORDS: Readonly<Record<string, string>> = {
  "artifact.put": "uploaded",
  "cluster.create": "added cluster",
  "cluster.remove": "removed cluster",
  "cluster.update": "changed the credentials of cluster",
  "endpoint.create": "created endpoint",
  "endpoint.delete": "deleted endpoint",
  "endpoint.putTraffic": "changed traffic of",
  "endpoint.reassert": "wrote the plan again of",
  "endpoint.resume": "resumed automation of",
  "endpoint.rollback": "rolled back",
  "endpoint.setHealthTargets": "changed health targets of",
  "environment.create": "created environment",
  "environment.delete": "deleted environment",
  "environment.update": "changed environment",
  "incident.acknowledge": "acknowledged the incident of",
  "incident.note": "wrote on the incident of",
  "incident.resolve": "resolved the incident of",
  "incident.silence": "silenced",
  "model.create": "registered model",
  "model.deleteAlias": "removed an alias of",
  "model.putAlias": "moved an alias of",
  "person.changePassword": "changed the password of",
  "person.create": "invited",
  "person.disable": "disabled",
  "person.enable": "enabled",
  "person.resetPassword": "reset the password of",
  "person.setRole": "changed the role of",
  "revision.create": "deployed to",
  "token.create": "made token",
  "token.revoke": "revoked token",
  "version.register": "registered version",
};

/** An action without words of its own is shown as it is called. */
export const actionWords = (action: string): string => WORDS[action] ?? action;

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type Difference = Readonly<{ field: string; before: string | null; after: string | null }>;

/** Members that differ, by their name; values that are no objects differ as a whole, under "value". Null: not there. */
export function differences(before: unknown, after: unknown): Difference[] {
  const from = members(before as Json);
  const to = members(after as Json);
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((field) => {
    const difference = { field, before: text(from[field]), after: text(to[field]) };
    return difference.before === difference.after ? [] : [difference];
  });
}

const members = (value: Json): Readonly<Record<string, Json>> => {
  if (value === null || value === undefined) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value as Readonly<Record<string, Json>>;
  return { value };
};

const text = (value: Json | undefined): string | null => {
  if (value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
};
