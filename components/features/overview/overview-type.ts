import type { Outputs } from "#components/trpc/outputs.ts";

export type Overview = Outputs["endpoint"]["overview"];
