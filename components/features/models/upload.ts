import type { Digest } from "#domain/shared/names.ts";

const ADDRESS = "/api/v1/artifacts";

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
 * Sends a file to the artifact store; `onSent` hears of bytes that left the browser.
 * Rejects with UploadFailure, or with the signal's reason when it was stopped. `fetch` cannot tell how far an upload is.
 */
export function uploadArtifact(file: File, onSent: (bytes: number) => void, signal: AbortSignal): Promise<Artifact> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", ADDRESS);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.addEventListener("progress", ({ loaded }) => onSent(loaded));
    request.addEventListener("load", () => {
      const answer = parsed(request.responseText);
      // Our own API answers one of the two; something in between may answer anything.
      if (isArtifact(answer)) return resolve(answer);
      if (isProblem(answer)) return reject(new UploadFailure(answer.code, answer.detail));
      reject(new UploadFailure("internal", `Slipway answered ${request.status} and did not say why.`));
    });
    request.addEventListener("error", () =>
      reject(new UploadFailure("offline", "The connection broke before the whole file had arrived.")),
    );
    request.addEventListener("abort", () => reject(signal.reason));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

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
