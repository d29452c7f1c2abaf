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

type Audited = Readonly<{ action: string; before: unknown; after: unknown }>;
type Words = Readonly<{ verb: string; more: string }>;

/** What was done, before and after the subject's name; an action without words of its own is shown as it is called. */
export const actionWords = ({ action, before, after }: Audited): Words =>
  action.endsWith("Alias")
    ? aliasWords(members(before as Json), members(after as Json))
    : { verb: WORDS[action] ?? action, more: "" };

/** "moved alias champion of" a model "from v1 to v2". */
function aliasWords(before: Members, after: Members): Words {
  const [from, to] = [before.version ?? null, after.version ?? null];
  const verb = to === null ? "removed" : from === null ? "set" : "moved";
  const more = [...(from === null ? [] : [`from v${text(from)}`]), ...(to === null ? [] : [`to v${text(to)}`])];
  return { verb: `${verb} alias ${text(after.alias ?? before.alias)} of`, more: more.join(" ") };
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type Members = Readonly<Record<string, Json>>;
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

const members = (value: Json): Members => {
  if (value === null || value === undefined) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value as Members;
  return { value };
};

const text = (value: Json | undefined): string | null => {
  if (value === undefined) return null;
  return typeof value === "string" ? value : (sharesWords(value) ?? JSON.stringify(value));
};

/** "r1 90 %, r2 shadow 10 %" of a plan's `{"1": "90 %", "2": "shadow 10 %"}`; null: it is something else. */
function sharesWords(value: Json): string | null {
  const shares = Object.entries(members(value));
  const isPlan = shares.every(
    ([revision, share]) => /^\d+$/.test(revision) && /^(shadow )?[\d.]+ %$/.test(String(share)),
  );
  return isPlan && shares.length > 0
    ? shares.map(([revision, share]) => `r${revision} ${String(share)}`).join(", ")
    : null;
}
