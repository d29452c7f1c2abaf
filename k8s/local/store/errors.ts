import type { Resource } from "./resources.ts";

export type Cause = { reason: string; message: string; field: string };
export type Status = {
  kind: "Status";
  apiVersion: "v1";
  metadata: Record<string, unknown>;
  status: "Success" | "Failure";
  message?: string;
  reason?: string;
  details?: {
    name?: string;
    group?: string;
    kind?: string;
    uid?: string;
    causes?: Partial<Cause>[];
    retryAfterSeconds?: number;
  };
  code?: number;
};

/** A refusal as it goes over the wire: `status` is the whole answer, `code` its HTTP status. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: number;
  readonly reason: string;
  readonly status: Status;

  constructor(code: number, reason: string, message: string, details?: Status["details"]) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.status = {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      ...(reason && { reason }),
      ...(details && { details }),
      code,
    };
  }
}

const detailsOf = (resource: Resource, name: string, kind = resource.plural) => ({
  ...(name && { name }),
  ...(resource.group && { group: resource.group }),
  kind,
});

export const notFound = (resource: Resource, name: string) =>
  new ApiError(404, "NotFound", `${resource.name} "${name}" not found`, detailsOf(resource, name));

export const alreadyExists = (resource: Resource, name: string, isBeingDeleted = false) =>
  new ApiError(
    409,
    "AlreadyExists",
    `${isBeingDeleted ? "object is being deleted: " : ""}${resource.name} "${name}" already exists`,
    detailsOf(resource, name),
  );

/** 422 over a request's options; `kind` such as `DeleteOptions`. */
export const invalidOption = (kind: string, cause: Cause) =>
  new ApiError(422, "Invalid", `${kind}.meta.k8s.io "" is invalid: ${cause.field}: ${cause.message}`, {
    group: "meta.k8s.io",
    kind,
    causes: [cause],
  });

export const conflict = (resource: Resource, name: string, why: string) =>
  new ApiError(
    409,
    "Conflict",
    `Operation cannot be fulfilled on ${resource.name} "${name}": ${why}`,
    detailsOf(resource, name),
  );

export const modifiedMeanwhile = (resource: Resource, name: string) =>
  conflict(
    resource,
    name,
    "the object has been modified; please apply your changes to the latest version and try again",
  );

export const badRequest = (message: string) => new ApiError(400, "BadRequest", message);

export const forbidden = (resource: Resource, name: string, why: string) =>
  new ApiError(
    403,
    "Forbidden",
    `${resource.name}${name ? ` "${name}"` : ""} is forbidden: ${why}`,
    detailsOf(resource, name),
  );

export const gone = (message: string) => new ApiError(410, "Expired", message);

/** 422 listing every bad field; `causes` must not be empty. */
export function invalid(resource: Resource, name: string, causes: Cause[]): ApiError {
  const lines = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const list = lines.length === 1 ? lines[0] : `[${lines.join(", ")}]`;
  const kind = resource.group ? `${resource.kind}.${resource.group}` : resource.kind;
  return new ApiError(422, "Invalid", `${kind} "${name}" is invalid: ${list}`, {
    ...detailsOf(resource, name, resource.kind),
    causes,
  });
}
