import { live } from "#server/api/health.ts";

export const dynamic = "force-dynamic";
export const GET = live;
