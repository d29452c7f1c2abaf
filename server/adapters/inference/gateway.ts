import type { TryAnswer } from "#domain/endpoint/try.ts";
import { DomainError } from "#domain/shared/errors.ts";
import type { InferenceGateway, InferenceRequest } from "#server/ports/inference.ts";

const ANSWER_MS_MAX = 30_000;
const ANSWER_BYTES_MAX = 8 * 1024 * 1024;

/** Over HTTP, as any application asks. */
export const httpInferenceGateway = (): InferenceGateway => ({
  async infer(request) {
    const begun = performance.now();
    const response = await send(request);
    const text = await readLimited(response);
    return {
      status: response.status,
      body: parsed(text),
      revision: numberIn(response, "x-slipway-revision"),
      plan: numberIn(response, "x-slipway-plan"),
      latencyMs: Math.round((performance.now() - begun) * 100) / 100,
      requestId: response.headers.get("x-request-id"),
    };
  },
});

const send = ({ url, revision, body, requestId, signal }: InferenceRequest): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-request-id": requestId,
      ...(revision === undefined ? {} : { "x-slipway-revision": String(revision) }),
    },
    body: JSON.stringify(body),
    // A router never redirects; following one would reach addresses nobody registered.
    redirect: "error",
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
  }).catch((cause: unknown) => {
    throw away(url, cause);
  });

async function readLimited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const body = (response.body ?? []) as AsyncIterable<Uint8Array>;
  try {
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes > ANSWER_BYTES_MAX) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw away(new URL(response.url), cause);
  }
  if (bytes <= ANSWER_BYTES_MAX) return Buffer.concat(chunks).toString("utf8");
  throw new DomainError(
    "payload_too_large",
    "The answer is larger than 8 MiB: send this request to the endpoint itself.",
  );
}

const away = (url: URL, cause: unknown) =>
  new DomainError("unavailable", `The environment's router at ${url.origin} does not answer.`, { cause });

function parsed(text: string): TryAnswer["body"] {
  try {
    return JSON.parse(text) as TryAnswer["body"];
  } catch {
    return text;
  }
}

function numberIn(response: Response, header: string): number | null {
  const value = response.headers.get(header);
  return value !== null && /^\d{1,9}$/.test(value) ? Number(value) : null;
}
