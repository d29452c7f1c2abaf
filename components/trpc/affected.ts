import type { News } from "#domain/changes/schema.ts";

/** By subject of the audit log: which routers' answers a change of it can be in. Others: the router of its own name. */
const ROUTERS: Readonly<Record<string, readonly string[]>> = {
  endpoint: ["endpoint", "revision", "incident"],
  incident: ["incident", "endpoint"],
  model: ["model", "version"],
  version: ["version", "model"],
  environment: ["environment", "endpoint"],
  cluster: ["cluster", "environment"],
  person: ["person", "session"],
};

/** Series grow with time and not with changes; their readers ask again by themselves. */
const BY_TIME = new Set(["endpoint.metrics"]);

/** Whether the answer kept under a tRPC query key (`[["endpoint","get"], {input}]`) may be old after these news. */
export function isAffected(queryKey: readonly unknown[], news: Pick<News, "changed" | "everything">): boolean {
  const [path, more] = queryKey;
  if (!Array.isArray(path) || typeof path[0] !== "string") return false;
  if (BY_TIME.has(path.join("."))) return false;
  if (news.everything) return true;
  if (news.changed.length === 0) return false;
  if (path[0] === "audit") return true;
  const asked = endpointOf(more);
  return news.changed.some(
    ({ kind, name }) =>
      (ROUTERS[kind] ?? [kind]).includes(path[0]) && !(kind === "endpoint" && asked !== null && asked !== name),
  );
}

/** The one endpoint that a query asks about; null: it asks about several. */
function endpointOf(more: unknown): string | null {
  const input = (more as { input?: { endpoint?: unknown } } | undefined)?.input;
  return typeof input?.endpoint === "string" ? input.endpoint : null;
}
