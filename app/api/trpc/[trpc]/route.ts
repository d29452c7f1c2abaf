import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { actorOf, requestIdOf, serviceContext, webContainer } from "#server/api/context.ts";
import { appRouter } from "#server/api/root.ts";

export const dynamic = "force-dynamic";

const handler = (request: Request) => {
  const container = webContainer();
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
};

export { handler as GET, handler as POST };
