import { DomainError } from "#domain/shared/errors.ts";
import { HttpProblem } from "#server/api/errors.ts";
import { type Method, ROUTES, type Route } from "./routes.ts";

const BASE = "/api/v1";
type Segments = readonly string[];

const SPLIT: readonly { route: Route; segments: Segments }[] = ROUTES.map((route) => ({
  route,
  segments: route.path.split("/").slice(1),
}));

export type Match = Readonly<{ route: Route; params: Readonly<Record<string, string>> }>;

/**
 * The route of a request, and its path's parts, decoded: a model's name may hold a slash, written %2F.
 * Throws `not_found`, or `method_not_allowed` naming the methods that there are.
 */
export function matchRoute(method: string, pathname: string): Match {
  const parts = decodeParts(pathname);
  const matches = SPLIT.filter(({ segments }) => fits(segments, parts));
  const wanted = method === "HEAD" ? "GET" : method;
  const found = matches.find(({ route }) => route.method === wanted);
  if (found !== undefined) return { route: found.route, params: paramsOf(found.segments, parts) };
  if (matches.length === 0) throw new DomainError("not_found", `There is nothing at ${pathname}.`);
  const allowed = matches.map(({ route }): Method => route.method).join(", ");
  throw new HttpProblem("method_not_allowed", `${pathname} takes ${allowed}, not ${method}.`, { allow: allowed });
}

function decodeParts(pathname: string): Segments {
  const below = pathname.startsWith(`${BASE}/`) ? pathname.slice(BASE.length + 1) : pathname;
  try {
    return below.split("/").map(decodeURIComponent);
  } catch {
    throw new HttpProblem("malformed_request", "The path is not properly percent-encoded.");
  }
}

const nameOf = (segment: string): string | null => /^\{(\w+)\}$/.exec(segment)?.[1] ?? null;

const fits = (segments: Segments, parts: Segments): boolean =>
  segments.length === parts.length &&
  segments.every((segment, index) => (nameOf(segment) === null ? segment === parts[index] : parts[index] !== ""));

function paramsOf(segments: Segments, parts: Segments): Record<string, string> {
  const params: Record<string, string> = {};
  segments.forEach((segment, index) => {
    const name = nameOf(segment);
    if (name !== null) params[name] = parts[index] ?? "";
  });
  return params;
}

/** Names in a route's path. */
export const pathNames = (route: Route): string[] => route.path.split("/").flatMap((segment) => nameOf(segment) ?? []);
