import { type NextRequest, NextResponse } from "next/server";

const PATH_HEADER = "x-slipway-path";

/**
 * Tells a page which address it was asked for: a layout cannot know, and sign-in has to lead back there. Gives each answer
 * a policy of its own, by which only our own scripts run in it. Decides nothing; who may do what is decided where it is done.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set(PATH_HEADER, request.nextUrl.pathname + request.nextUrl.search);
  // Next reads the nonce for its own scripts out of the policy that it is asked with.
  headers.set("content-security-policy", policy);
  headers.set("x-nonce", nonce);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
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

// Never an API path: bodies that pass through here are cut at 10 MB.
export const config = { matcher: "/((?!api/|_next/).*)" };
