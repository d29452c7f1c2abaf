import { STATUS_CODES } from "node:http";

/**
 * All a caller can tell apart about a failed request.
 * `unknown_kind`: this cluster does not serve the kind (a missing CRD). `field_conflict`: another manager owns a field we
 * applied without force. `expired`: the resourceVersion is too old to go on from. `unavailable`: no answer, or one that
 * another attempt may improve. `deadline`: no answer in time; the request may have been carried out.
 */
export const KUBE_ERROR_CODES = [
  "not_found",
  "unknown_kind",
  "already_exists",
  "conflict",
  "field_conflict",
  "expired",
  "invalid",
  "forbidden",
  "unauthorized",
  "deadline",
  "unavailable",
] as const;
export type KubeErrorCode = (typeof KUBE_ERROR_CODES)[number];

/** A field path as the cluster wrote it (`.spec.replicas`) and its sentence. */
export type KubeErrorCause = { field: string; message: string };

export class KubeError extends Error {
  override readonly name = "KubeError";
  readonly code: KubeErrorCode;
  /** HTTP status; null when no answer came. For logs: decide by `code`. */
  readonly status: number | null;
  readonly causes: readonly KubeErrorCause[];
  /** What the server asked to wait, in seconds. */
  readonly retryAfterSeconds: number | null;

  constructor(
    code: KubeErrorCode,
    message: string,
    more: { status?: number; causes?: KubeErrorCause[]; retryAfterSeconds?: number | null; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.status = more.status ?? null;
    this.causes = more.causes ?? [];
    this.retryAfterSeconds = more.retryAfterSeconds ?? null;
  }
}

export const isKubeError = (error: unknown, ...codes: KubeErrorCode[]): error is KubeError =>
  error instanceof KubeError && (codes.length === 0 || codes.includes(error.code));

type Status = {
  reason?: string;
  message?: string;
  details?: {
    name?: string;
    retryAfterSeconds?: number;
    causes?: { reason?: string; field?: string; message?: string }[];
  };
};

/** From an answer that was not 2xx, or from the Status of a watch's ERROR event. `what` names the request. */
export function fromStatus(httpStatus: number, body: unknown, what: string): KubeError {
  const status: Status = typeof body === "object" && body !== null ? body : {};
  const causes = status.details?.causes ?? [];
  const said = status.message ?? (typeof body === "string" && body.trim().slice(0, 300)) ?? "";
  return new KubeError(codeOf(httpStatus, status), `${what}: ${said || STATUS_CODES[httpStatus] || httpStatus}`, {
    status: httpStatus,
    causes: causes.map((c) => ({ field: c.field ?? "", message: c.message ?? "" })),
    retryAfterSeconds: status.details?.retryAfterSeconds ?? null,
  });
}

function codeOf(httpStatus: number, status: Status): KubeErrorCode {
  switch (httpStatus) {
    case 404:
      // Only a 404 about an object carries its name; a kind that is not served does not.
      return status.details?.name === undefined ? "unknown_kind" : "not_found";
    case 409:
      if (status.reason === "AlreadyExists") return "already_exists";
      return status.details?.causes?.some((c) => c.reason === "FieldManagerConflict") ? "field_conflict" : "conflict";
    case 410:
      return "expired";
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 429:
      return "unavailable";
    default:
      return httpStatus >= 400 && httpStatus < 500 ? "invalid" : "unavailable";
  }
}

/** From a failure below HTTP. */
export const fromNetwork = (cause: unknown, what: string): KubeError =>
  new KubeError("unavailable", `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
