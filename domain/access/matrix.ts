import { PERMISSIONS } from "./rights.ts";
import type { Permission, Role } from "./schema.ts";

const EVERYBODY = [
  "model:read",
  "environment:read",
  "endpoint:read",
  "metrics:read",
  "audit:read",
  "account:write",
] as const;

const GRANTED: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: EVERYBODY,
  scientist: [...EVERYBODY, "model:write", "endpoint:write", "traffic:write"],
  operator: [
    ...EVERYBODY,
    "model:write",
    "endpoint:write",
    "traffic:write",
    "traffic:rollback",
    "production:write",
    "incident:write",
  ],
  administrator: PERMISSIONS,
};

export const roleCan = (role: Role, permission: Permission): boolean => GRANTED[role].includes(permission);

/** Roles that hold it, weakest first: a refusal names who can. */
export const rolesThatCan = (permission: Permission): Role[] =>
  (Object.keys(GRANTED) as Role[]).filter((role) => roleCan(role, permission));
