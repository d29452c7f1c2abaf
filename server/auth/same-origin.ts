import { DomainError } from "#domain/shared/errors.ts";

const READS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * A browser sends a cookie with whatever another site makes it send, so a write by cookie must come from our own pages.
 * The browser says where from: no page can set these headers. Reads pass. Throws `forbidden`.
 */
export function requireSameOrigin({ method, headers }: Pick<Request, "method" | "headers">): void {
  if (READS.has(method) || isSameOrigin(headers)) return;
  throw new DomainError("forbidden", "This was sent from a page of another site. Open Slipway itself and try again.");
}

function isSameOrigin(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  // Over plain http browsers say no more than this.
  const origin = headers.get("origin");
  if (origin === null || !URL.canParse(origin)) return false;
  // Another site's page cannot set x-forwarded-host without asking us first, which we answer with nothing.
  return [headers.get("host"), headers.get("x-forwarded-host")].includes(new URL(origin).host);
}
