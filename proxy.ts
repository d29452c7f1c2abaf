import { type NextRequest, NextResponse } from "next/server";

const PATH_HEADER = "x-slipway-path";

/**
 * Tells a page which address it was asked for: a layout cannot know, and sign-in has to lead back there. Decides nothing;
 * who may do what is decided where it is done.
 */
export function proxy(request: NextRequest): NextResponse {
  const headers = new Headers(request.headers);
  headers.set(PATH_HEADER, request.nextUrl.pathname + request.nextUrl.search);
  return NextResponse.next({ request: { headers } });
}

// Never an API path: bodies that pass through here are cut at 10 MB.
export const config = { matcher: "/((?!api/|_next/|sign-in).*)" };
