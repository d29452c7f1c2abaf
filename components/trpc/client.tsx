"use client";

import { createTRPCContext } from "@trpc/tanstack-react-query";
import type { AppRouter } from "#server/api/root.ts";

/**
 * `useTRPC()` in a component gives `trpc.endpoint.list.queryOptions({…})` for `useQuery` and
 * `trpc.endpoint.putTraffic.mutationOptions()` for `useMutation`.
 */
export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();
