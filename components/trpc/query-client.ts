import { defaultShouldDehydrateQuery, QueryClient } from "@tanstack/react-query";
import superjson from "superjson";
import { failureOf } from "./failure.ts";

const STALE_AFTER_MS = 15_000;
const ATTEMPTS_MAX = 2;

/** One per browser tab, and one per request while the server renders. */
export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_AFTER_MS,
        // A refusal stays a refusal; only a lost answer is worth asking for again.
        retry: (failures, error) =>
          failures < ATTEMPTS_MAX && ["offline", "unavailable"].includes(failureOf(error).code),
      },
      dehydrate: {
        serializeData: superjson.serialize,
        shouldDehydrateQuery: (query) => defaultShouldDehydrateQuery(query) || query.state.status === "pending",
      },
      hydrate: { deserializeData: superjson.deserialize },
    },
  });
