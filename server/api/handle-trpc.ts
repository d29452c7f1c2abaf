import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { actorOf, type Container, requestIdOf, serviceContext } from "./context.ts";
import { appRouter } from "./root.ts";

/** Any request below /api/trpc: one procedure, a batch of them, or a stream. */
export function handleTrpc(container: Container, request: Request): Promise<Response> {
  const requestId = requestIdOf(request);
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
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
