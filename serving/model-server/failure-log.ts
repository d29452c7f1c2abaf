type Failure = Readonly<{ status: number; error: string; requestId: string | undefined }>;
type Write = (level: "error", msg: string, fields: Readonly<Record<string, unknown>>) => void;

const EACH_MS = 1_000;
const TEXT_MAX = 1_000;

/**
 * Says why predictions fail, for whoever reads the pod's log at night: a version that fails all of them writes one line
 * a second, with how many were left out before it (`unsaid`). `nowMs` is any clock that never goes back.
 */
export function createFailureLog(write: Write, nowMs: () => number): (failure: Failure) => void {
  let nextMs = Number.NEGATIVE_INFINITY;
  let unsaid = 0;
  return ({ status, error, requestId }) => {
    if (nowMs() < nextMs) {
      unsaid += 1;
      return;
    }
    write("error", "a prediction failed", { status, error: error.slice(0, TEXT_MAX), requestId, unsaid });
    nextMs = nowMs() + EACH_MS;
    unsaid = 0;
  };
}
