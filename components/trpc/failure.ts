import { TRPCClientError } from "@trpc/client";
import type { AppRouter } from "#server/api/root.ts";

export type Failure = Readonly<{
  /** The domain's code, "offline" when no answer came, else "internal". */
  code: string;
  message: string;
  requestId: string | null;
  /** What the refusal knows: rolesThatCan, the current plan of a plan_conflict… */
  detail: Readonly<Record<string, unknown>>;
  /** Bad fields by their path. */
  fields: Readonly<Record<string, string>>;
}>;

/** Makes one shape of whatever a query or a mutation failed with. */
export function failureOf(error: unknown): Failure {
  const none = { requestId: null, detail: {}, fields: {} };
  if (!(error instanceof TRPCClientError)) return { ...none, code: "internal", message: "Something went wrong." };
  const { data } = error as TRPCClientError<AppRouter>;
  if (data == null) return { ...none, code: "offline", message: "Slipway does not answer." };
  const { domain, requestId } = data;
  if (domain === null) {
    const code = data.code === "UNAUTHORIZED" ? "unauthenticated" : "internal";
    return { ...none, code, message: "Something went wrong on our side.", requestId };
  }
  const fields = Object.fromEntries(domain.errors.map(({ path, message }) => [path, message]));
  return { code: domain.code, message: error.message, requestId, detail: domain.detail ?? {}, fields };
}
