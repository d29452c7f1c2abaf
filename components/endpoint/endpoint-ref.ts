import type { Outputs } from "#components/trpc/outputs.ts";

/** What every procedure about one endpoint is told. */
export type EndpointRef = Readonly<{ endpoint: string; environment: string }>;
export type Endpoint = Outputs["endpoint"]["get"];
export type Plan = NonNullable<Endpoint["plan"]>;
export type Revision = Endpoint["revisions"][number];
export type Metrics = Outputs["endpoint"]["metrics"];
export type RollbackPreview = Outputs["endpoint"]["rollbackPreview"];
export type Kind = "development" | "production";
