import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/api/root.ts";

/** `Outputs["endpoint"]["overview"]`: what a procedure answers, as the browser gets it. */
export type Outputs = inferRouterOutputs<AppRouter>;
export type Inputs = inferRouterInputs<AppRouter>;
