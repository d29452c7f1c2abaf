import type { Outputs } from "#components/trpc/outputs.ts";

export type Incident = Outputs["incident"]["list"]["items"][number];
export type IncidentDetail = Outputs["incident"]["get"];
