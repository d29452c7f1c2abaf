import { roleCan, rolesThatCan } from "./matrix.ts";
import type { Permission, Role } from "./schema.ts";

/** What a permission allows, as a line of the rights page. */
export const PERMISSION_WORDS: Readonly<Record<Permission, string>> = {
  "model:read": "See models and versions",
  "model:write": "Register models and versions, set aliases",
  "environment:read": "See environments and clusters",
  "environment:write": "Add and change environments",
  "endpoint:read": "See endpoints, pods and changes",
  "endpoint:write": "Deploy, and delete endpoints",
  "traffic:write": "Change traffic",
  "traffic:rollback": "Roll back, in every environment, without asking anybody",
  "production:write": "Deploy and change traffic in production",
  "incident:write": "Acknowledge, resolve and silence incidents",
  "metrics:read": "See charts",
  "audit:read": "See the audit log",
  "account:write": "Change one's own password",
  "person:manage": "Invite and disable people, set roles",
  "token:manage": "Make and revoke tokens",
};

export const ROLE_WORDS: Readonly<Record<Role, { one: string; many: string; does: string }>> = {
  viewer: { one: "Viewer", many: "viewers", does: "reads everything" },
  scientist: { one: "Scientist", many: "scientists", does: "registers, deploys and splits outside production" },
  operator: { one: "Operator", many: "operators", does: "does that everywhere, rolls back, handles incidents" },
  administrator: { one: "Administrator", many: "administrators", does: "does everything" },
};

/** Null when `role` may; else a sentence that says who can. `kind` is where a deploy or a traffic change would happen. */
export function refusalOf(role: Role, permission: Permission, kind?: "development" | "production"): string | null {
  const inProduction = kind === "production" && (permission === "endpoint:write" || permission === "traffic:write");
  const missing = [permission, ...(inProduction ? (["production:write"] as const) : [])].find((p) => !roleCan(role, p));
  if (missing === undefined) return null;
  const who = joined(rolesThatCan(missing).map((able) => ROLE_WORDS[able].many));
  const where = missing === "production:write" ? " in production" : "";
  return `You are ${article(role)} ${role}: only ${who} can do this${where}.`;
}

const joined = (words: readonly string[]) =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
const article = (role: Role) => (/^[aeiou]/.test(role) ? "an" : "a");
