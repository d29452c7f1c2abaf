"use client";

import { QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import { type ReactNode, useState } from "react";
import type { AppRouter } from "#server/api/root.ts";
import { TRPCProvider } from "./client.tsx";
import { oneAtATime } from "./one-at-a-time.ts";
import { createQueryClient } from "./query-client.ts";

const URL_OF_API = "/api/trpc";
// A longer address is cut by proxies; a batch over it is parted.
const URL_LENGTH_MAX = 4_000;
/** No more than server/api/handle-trpc.ts takes. */
const CALLS_MAX = 30;

export function ApiProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  const [trpcClient] = useState(() =>
    createTRPCClient<AppRouter>({
      links: [
        oneAtATime,
        splitLink({
          condition: ({ type }) => type === "subscription",
          true: httpSubscriptionLink({ url: URL_OF_API }),
          false: httpBatchLink({ url: URL_OF_API, maxURLLength: URL_LENGTH_MAX, maxItems: CALLS_MAX }),
        }),
      ],
    }),
  );
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}
