import { DomainError } from "#domain/shared/errors.ts";
import { isDatabaseAway } from "#server/db/errors.ts";

/** The same failure in words a caller can act on, where it is one of ours that is expected to happen. */
export const knownFailure = (error: unknown): unknown =>
  isDatabaseAway(error) ? new DomainError("unavailable", "The database does not answer.", { cause: error }) : error;
