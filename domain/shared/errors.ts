/**
 * Failures a caller can act on; anything else is a bug and stays a plain Error.
 * `code` is what REST answers as `code` and what `server/api` maps to a status, once.
 */
export const DOMAIN_ERROR_CODES = [
  "unauthenticated",
  "forbidden",
  "not_found",
  "invalid",
  "invalid_model",
  "digest_mismatch",
  "name_taken",
  "ambiguous_endpoint",
  "endpoint_deleting",
  "plan_conflict",
  "changed_meanwhile",
  "not_empty",
  "precondition_required",
  "no_rollback_target",
  "device_unsupported",
  "idempotency_mismatch",
  "idempotency_in_progress",
  "too_many_attempts",
  "payload_too_large",
  "storage_full",
  "unavailable",
] as const;
export type DomainErrorCode = (typeof DOMAIN_ERROR_CODES)[number];

/** One entry per bad field: a JSON path (`entries.0.revision`) and a sentence. */
export type FieldError = { path: string; message: string };

const BRAND = Symbol.for("slipway.DomainError");

export class DomainError extends Error {
  // A bundler may put this module into a process twice; what one copy throws, the other must know.
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && BRAND in value;
  }

  readonly [BRAND] = true;
  override readonly name = "DomainError";
  readonly code: DomainErrorCode;
  /** Extra members of the problem document, such as the current plan of a `plan_conflict`. */
  readonly detail: Readonly<Record<string, unknown>>;
  readonly fields: readonly FieldError[];

  constructor(
    code: DomainErrorCode,
    message: string,
    more: { detail?: Record<string, unknown>; fields?: FieldError[]; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.detail = more.detail ?? {};
    this.fields = more.fields ?? [];
  }
}
