import type { IncidentView } from "./schema.ts";

/** What broke; once its endpoint is healthy again, in words that nobody takes for now. */
export const causeWords = ({ cause, healthyAgainSince }: Pick<IncidentView, "cause" | "healthyAgainSince">): string =>
  healthyAgainSince === null ? cause : `healthy again; it was: ${cause}`;
