// Apart from the schemas: every page asks what its reader may do, and few need zod for anything.

export const ROLES = ["viewer", "scientist", "operator", "administrator"] as const;

export const PERMISSIONS = [
  "model:read",
  "model:write",
  "environment:read",
  "environment:write",
  "endpoint:read",
  "endpoint:write",
  "traffic:write",
  "traffic:rollback",
  /** Needed beside `endpoint:write` and `traffic:write` where the environment is a production one. */
  "production:write",
  /** Acknowledge, resolve and silence. */
  "incident:write",
  "metrics:read",
  "audit:read",
  /** One's own password. */
  "account:write",
  "person:manage",
  "token:manage",
] as const;
