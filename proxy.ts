import { type NextRequest, NextResponse } from "next/server";

const PATH_HEADER = "x-slipway-path";

/**
 * Tells a page which address it was asked for: a layout cannot know, and sign-in has to lead back there. Gives each answer
 * a policy of its own, by which only our own scripts run in it. Decides nothing; who may do what is decided where it is done. An address that
 * cannot be decoded gets to no route: what routes it would fail on it.
 */
export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl;
  const canBeRead = isDecodable(pathname);
  if (pathname.startsWith("/api/")) return canBeRead ? NextResponse.next() : malformed();
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set(PATH_HEADER, pathname + search);
  // Next reads the nonce for its own scripts out of the policy that it is asked with.
  headers.set("content-security-policy", policy);
  headers.set("x-nonce", nonce);
  const response = canBeRead
    ? NextResponse.next({ request: { headers } })
    : NextResponse.rewrite(new URL(NOWHERE, request.url), { request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

/** No page is there: the answer is the page that says so. */
const NOWHERE = "/404";

function isDecodable(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch {
    return false;
  }
}

/** As REST answers every refusal; its own code is too much to load before each page. */
function malformed(): NextResponse {
  const requestId = crypto.randomUUID();
  const problem = {
    type: "urn:slipway:problem:malformed_request",
    title: "The request cannot be read",
    status: 400,
    detail: "The path is not properly percent-encoded.",
    code: "malformed_request",
    requestId,
  };
  const headers = {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    "x-request-id": requestId,
  };
  return new NextResponse(JSON.stringify(problem), { status: 400, headers });
}

/** Styles may be inline: bars and charts carry their widths, and overlays set some when they open. */
const contentPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

// Of the API only addresses with an escape, none of which takes a file: bodies that pass through here are cut at 10 MB.
export const config = { matcher: ["/((?!api/|_next/).*)", "/api/(.*%.*)"] };
