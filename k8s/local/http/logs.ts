import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { ApiError, badRequest, type Cause } from "../store/errors.ts";
import type { LogRequest } from "../store/log-source.ts";
import type { KubeObject } from "../store/types.ts";
import type { Call } from "./call.ts";
import { existing } from "./read.ts";

const FOLLOW_SILENCE_MS = 250;

const containersOf = ({ spec }: KubeObject): string[] =>
  [...(spec.initContainers ?? []), ...(spec.containers ?? [])].map((container: { name: string }) => container.name);

function containerOf(call: Call, pod: KubeObject): string {
  const asked = call.query.get("container");
  const own: string[] = pod.spec.containers.map((container: { name: string }) => container.name);
  if (asked === null) {
    const [only, ...more] = own;
    if (only !== undefined && more.length === 0) return only;
    throw badRequest(
      `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${own.join(" ")}]`,
    );
  }
  if (!containersOf(pod).includes(asked))
    throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`);
  return asked;
}

function invalidOptions(pod: string, cause: Cause): ApiError {
  const message = `PodLogOptions "${pod}" is invalid: ${cause.field}: ${cause.message}`;
  return new ApiError(422, "Invalid", message, { name: pod, kind: "PodLogOptions", causes: [cause] });
}

function numberOf(call: Call, name: string, least: number, rule: string): number | undefined {
  const text = call.query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  const message = `Invalid value: ${text}: must be ${rule}`;
  throw invalidOptions(call.name ?? "", { reason: "FieldValueInvalid", message, field: name });
}

function requestOf(call: Call, pod: KubeObject): LogRequest {
  const flag = (name: string) => ["true", "1"].includes(call.query.get(name) ?? "");
  const tailLines = numberOf(call, "tailLines", 0, "greater than or equal to 0");
  const sinceSeconds = numberOf(call, "sinceSeconds", 1, "greater than 0");
  const limitBytes = numberOf(call, "limitBytes", 1, "greater than 0");
  const sinceTime = call.query.get("sinceTime") ?? undefined;
  if (sinceTime !== undefined && sinceSeconds !== undefined) {
    const message = "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified";
    throw invalidOptions(pod.metadata.name, { reason: "FieldValueForbidden", message, field: "[]" });
  }
  return {
    namespace: pod.metadata.namespace ?? "",
    pod: pod.metadata.name,
    container: containerOf(call, pod),
    follow: flag("follow"),
    previous: flag("previous"),
    timestamps: flag("timestamps"),
    ...(tailLines !== undefined && { tailLines }),
    ...(sinceSeconds !== undefined && { sinceSeconds }),
    ...(sinceTime !== undefined && { sinceTime }),
    ...(limitBytes !== undefined && { limitBytes }),
  };
}

/** Streams a container's log as text; 204 while the pod has no node yet. */
export async function log(call: Call): Promise<void> {
  const { response, server } = call;
  const pod = existing(call);
  const request = requestOf(call, pod);
  const source = server.logSource();
  if (!pod.spec.nodeName || !source) {
    response.writeHead(204).end();
    return;
  }
  const leave = new AbortController();
  response.on("close", () => leave.abort());
  const chunks = source.read(request, leave.signal)[Symbol.asyncIterator]();
  // The status line waits for the first line or the refusal; a follower of a silent container gets it all the same.
  const first = chunks.next();
  const silence = setTimeout(() => start(response), FOLLOW_SILENCE_MS);
  const step = await first.finally(() => clearTimeout(silence));
  start(response);
  await pour(response, chunks, step, leave.signal);
}

function start(response: ServerResponse): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(200, { "content-type": "text/plain" });
  response.flushHeaders();
}

async function pour(
  response: ServerResponse,
  chunks: AsyncIterator<string | Uint8Array>,
  first: IteratorResult<string | Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  for (let step = first; !step.done && !signal.aborted; step = await chunks.next()) {
    if (!response.write(step.value)) await Promise.race([once(response, "drain"), once(response, "close")]);
  }
  response.end();
}
