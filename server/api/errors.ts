import { TRPCError } from "@trpc/server";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server/rpc";
import { DomainError, type DomainErrorCode } from "#domain/shared/errors.ts";
import { knownFailure } from "#server/services/known-failure.ts";

type Mapping = Readonly<{ status: number; title: string; trpc: TRPC_ERROR_CODE_KEY }>;

const MAPPING = {
  unauthenticated: { status: 401, title: "Not signed in", trpc: "UNAUTHORIZED" },
  forbidden: { status: 403, title: "Not allowed", trpc: "FORBIDDEN" },
  not_found: { status: 404, title: "Not found", trpc: "NOT_FOUND" },
  invalid: { status: 422, title: "Not valid", trpc: "UNPROCESSABLE_CONTENT" },
  invalid_model: { status: 422, title: "The model cannot be served", trpc: "UNPROCESSABLE_CONTENT" },
  digest_mismatch: { status: 422, title: "The digest does not match", trpc: "UNPROCESSABLE_CONTENT" },
  name_taken: { status: 409, title: "The name is taken", trpc: "CONFLICT" },
  ambiguous_endpoint: { status: 409, title: "Which environment?", trpc: "CONFLICT" },
  endpoint_deleting: { status: 409, title: "Being deleted", trpc: "CONFLICT" },
  plan_conflict: { status: 412, title: "The traffic plan has changed", trpc: "PRECONDITION_FAILED" },
  changed_meanwhile: { status: 412, title: "Changed meanwhile", trpc: "PRECONDITION_FAILED" },
  not_empty: { status: 409, title: "Still in use", trpc: "CONFLICT" },
  precondition_required: { status: 428, title: "If-Match is missing", trpc: "PRECONDITION_REQUIRED" },
  no_rollback_target: { status: 409, title: "Nothing to roll back to", trpc: "CONFLICT" },
  device_unsupported: { status: 422, title: "The runtime has no such device", trpc: "UNPROCESSABLE_CONTENT" },
  idempotency_mismatch: { status: 422, title: "The key was used before", trpc: "UNPROCESSABLE_CONTENT" },
  idempotency_in_progress: { status: 409, title: "Still running", trpc: "CONFLICT" },
  too_many_attempts: { status: 429, title: "Too many attempts", trpc: "TOO_MANY_REQUESTS" },
  payload_too_large: { status: 413, title: "Too large", trpc: "PAYLOAD_TOO_LARGE" },
  storage_full: { status: 507, title: "No space left", trpc: "SERVICE_UNAVAILABLE" },
  unavailable: { status: 503, title: "Not available now", trpc: "SERVICE_UNAVAILABLE" },
} as const satisfies Record<DomainErrorCode, Mapping>;

/** Refusals of HTTP itself, before any verb is asked. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly code: keyof typeof HTTP_MAPPING;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: HttpProblem["code"], message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.headers = headers;
  }
}

const HTTP_MAPPING = {
  malformed_request: { status: 400, title: "The request cannot be read" },
  method_not_allowed: { status: 405, title: "Not a method of this address" },
  unsupported_media_type: { status: 415, title: "Not JSON" },
} as const;

export type Problem = Readonly<{ status: number; headers: Readonly<Record<string, string>>; body: ProblemBody }>;
type ProblemBody = Readonly<{ type: string; title: string; status: number; detail: string; code: string }> &
  Readonly<Record<string, unknown>>;

/** What a failure is answered with. An unexpected one says nothing of itself; its request id finds it in the log. */
export function toProblem(error: unknown, requestId: string): Problem {
  const known = knownFailure(error);
  if (known instanceof HttpProblem) {
    const { status, title } = HTTP_MAPPING[known.code];
    return { status, headers: known.headers, body: problemBody(known.code, title, status, known.message, requestId) };
  }
  if (known instanceof DomainError) {
    const { status, title } = MAPPING[known.code];
    const errors = known.fields.length === 0 ? {} : { errors: known.fields };
    const body = { ...known.detail, ...problemBody(known.code, title, status, known.message, requestId), ...errors };
    return { status, headers: headersFor(known), body };
  }
  const detail = "Something went wrong on our side. Its request id finds it in the log.";
  return { status: 500, headers: {}, body: problemBody("internal", "Internal error", 500, detail, requestId) };
}

export function toTRPCError(error: TRPCError): TRPCError {
  const known = knownFailure(error.cause);
  if (known instanceof DomainError)
    return new TRPCError({ code: MAPPING[known.code].trpc, message: known.message, cause: known });
  if (error.code !== "INTERNAL_SERVER_ERROR") return error;
  return new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "Internal error", cause: error.cause });
}

export function isUnexpected(error: unknown): boolean {
  const known = knownFailure(error);
  return !(known instanceof DomainError) && !(known instanceof HttpProblem);
}

function headersFor({ code, detail }: DomainError): Record<string, string> {
  if (code === "too_many_attempts") return { "retry-after": String(detail.retryAfterSeconds) };
  if (code === "unauthenticated") return { "www-authenticate": 'Bearer realm="slipway"' };
  if (code === "unavailable") return { "retry-after": "5" };
  return {};
}

const problemBody = (code: string, title: string, status: number, detail: string, requestId: string): ProblemBody => ({
  type: `urn:slipway:problem:${code}`,
  title,
  status,
  detail,
  code,
  requestId,
});
