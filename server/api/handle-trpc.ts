import { ReadableStream } from "node:stream/web";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { actorOf, type Container, requestIdOf, serviceContext } from "./context.ts";
import { bounded } from "./rest/input.ts";
import { appRouter } from "./root.ts";

/** What is tried out may be an image, written as numbers. */
const BODY_BYTES_MAX = 32 << 20;
/** A page asks for a few at once. */
const CALLS_MAX = 30;

/** Any request below /api/trpc: one procedure, a batch of them, or a stream. */
export function handleTrpc(container: Container, request: Request): Promise<Response> {
  const requestId = requestIdOf(request);
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: withBoundedBody(request),
    maxBatchSize: CALLS_MAX,
    router: appRouter,
    createContext: () => ({
      requestId,
      service: async () => {
        const actor = await actorOf(container, request);
        return serviceContext(container, { actor, requestId, signal: request.signal, call: null });
      },
    }),
    responseMeta: () => ({ headers: new Headers({ "x-request-id": requestId, "cache-control": "no-store" }) }),
  });
}

/** Not a byte is read before somebody asks. */
function withBoundedBody(request: Request): Request {
  if (request.body === null) return request;
  const { url, method, headers, signal } = request;
  const body = ReadableStream.from(bounded(request.body, BODY_BYTES_MAX));
  return new Request(url, { method, headers, signal, body, duplex: "half" } as RequestInit);
}
