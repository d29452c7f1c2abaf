import type { DetailedError, HttpRequest, HttpResponse, Upload } from "tus-js-client";
import type { Digest } from "#domain/shared/names.ts";

const ADDRESS = "/api/uploads";
/** After the last of these without a single byte in between, the person decides. */
const RETRY_AFTER_MS = [0, 1_000, 3_000, 5_000, 10_000, 20_000];
/** Proxies in between refuse larger requests, or hold them whole. */
const PIECE_BYTES = 64 * 1024 * 1024;

export type Artifact = Readonly<{ digest: Digest; sizeBytes: number }>;
type Problem = Readonly<{ code: string; detail: string }>;

/** `code` is the API's, "offline" when no answer came. */
export class UploadFailure extends Error {
  override readonly name = "UploadFailure";
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Sends a file to the artifact store in pieces: one that broke off goes on where it was, after a reload too. `onSent`
 * hears of bytes that left the browser. Rejects with UploadFailure, or with the signal's reason when it was stopped.
 */
export async function uploadArtifact(
  file: File,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Artifact> {
  const tus = await import("tus-js-client");
  signal.throwIfAborted();
  const address = await new Promise<string>((resolve, reject) => {
    const upload: Upload = new tus.Upload(file, {
      endpoint: ADDRESS,
      metadata: { filename: file.name },
      chunkSize: PIECE_BYTES,
      retryDelays: RETRY_AFTER_MS,
      // A file that was changed looks like a connection that breaks.
      onBeforeRequest: () => readBothEnds(file),
      onAfterResponse: refuseNoAnswer,
      // What the server refused once it refuses again; what it holds for the moment it does not.
      onShouldRetry: ({ causingError, originalResponse }) =>
        !(causingError instanceof UploadFailure) && isPassing(originalResponse?.getStatus() ?? 0),
      removeFingerprintOnSuccess: true,
      onProgress: onSent,
      onSuccess: () => resolve(upload.url ?? ADDRESS),
      onError: (error) => reject(failureOf(error)),
    });
    signal.addEventListener(
      "abort",
      () => {
        void upload.abort();
        reject(signal.reason);
      },
      { once: true },
    );
    void goOn(upload);
  });
  return artifactAt(address, signal);
}

/** Where an earlier attempt with the same file left off, if this browser knows of one. */
async function goOn(upload: Upload): Promise<void> {
  const [before] = await upload.findPreviousUploads().catch(() => []);
  if (before !== undefined) upload.resumeFromPreviousUpload(before);
  upload.start();
}

/** No answer, a piece that another request is still writing, or a server that is away. */
const isPassing = (status: number): boolean => [0, 409, 423, 502, 503, 504].includes(status);

/** tus-js-client takes a server that is away for an upload that is gone, and would begin anew. */
function refuseNoAnswer(request: HttpRequest, response: HttpResponse): void {
  if (request.getMethod() === "HEAD" && response.getStatus() >= 500) throw new Error("the server is away");
}

/** The whole file has arrived: it is not sent again because its answer got lost. */
async function artifactAt(address: string, signal: AbortSignal): Promise<Artifact> {
  for (const waitMs of [...RETRY_AFTER_MS, null]) {
    const response = await fetch(address, { signal }).catch(() => null);
    signal.throwIfAborted();
    const answer = response === null ? null : parsed(await response.text());
    if (isArtifact(answer)) return answer;
    if (response !== null && !isPassing(response.status)) throw refusalOf(answer, response.status);
    if (waitMs !== null) await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  throw new UploadFailure("offline", "The whole file has arrived, but no answer came. Send again in a while.");
}

/** A browser reads no file that is another than the one that was chosen. Rejects with UploadFailure. */
async function readBothEnds(file: File): Promise<void> {
  await Promise.all([file.slice(0, 1), file.slice(-1)].map((end) => end.arrayBuffer())).catch(() => {
    throw unreadable();
  });
}

const unreadable = () => new UploadFailure("unreadable", "The file cannot be read any more: was it moved or changed?");

function failureOf(error: Error | DetailedError): UploadFailure {
  if (!("originalRequest" in error)) return unreadable();
  const { causingError, originalResponse: response } = error;
  if (causingError instanceof UploadFailure) return causingError;
  return response === null
    ? new UploadFailure("offline", "The connection broke before the whole file had arrived. What has arrived is kept.")
    : refusalOf(parsed(response.getBody()), response.getStatus());
}

/** Our own API says why; something in between may answer anything. */
const refusalOf = (answer: unknown, status: number): UploadFailure =>
  isProblem(answer)
    ? new UploadFailure(answer.code, answer.detail)
    : new UploadFailure("internal", `Slipway answered ${status} and did not say why.`);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isArtifact = (answer: unknown): answer is Artifact =>
  typeof answer === "object" && answer !== null && "digest" in answer && "sizeBytes" in answer;

const isProblem = (answer: unknown): answer is Problem =>
  typeof answer === "object" && answer !== null && "code" in answer && "detail" in answer;
