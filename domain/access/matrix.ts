import { PERMISSIONS, type Permission, type Role } from "./schema.ts";

const READ = ["model:read", "environment:read", "endpoint:read", "metrics:read", "audit:read"] as const;

const GRANTED: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: READ,
  scientist: [...READ, "model:write", "endpoint:write", "traffic:write"],
  operator: [
    ...READ,
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
