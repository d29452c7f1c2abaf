import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";
import type { Credentials } from "./credentials.ts";
import { fromNetwork, fromStatus, KubeError } from "./errors.ts";

/** How long to wait for an answer, and whose wish it is. Default 10 s. */
export type Waiting = { deadlineMs?: number; signal?: AbortSignal };

export type Call = Waiting & {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  query?: Record<string, string | undefined>;
  contentType?: string;
  body?: unknown;
  /** Names the request in errors. */
  what: string;
};

export type Transport = {
  /** The answer's JSON. Errors: `KubeError`, or the signal's reason when the caller gave up. */
  send(call: Call): Promise<unknown>;
  /** The answer's body as it comes; the deadline holds until its headers are there, `signal` until its end. */
  open(call: Call): Promise<IncomingMessage>;
  /** Ends every connection, also those in use: what runs fails as `unavailable`, what follows connects anew. */
  dropConnections(): void;
};

const DEADLINE_MS = 10_000;
/** May be sent twice without doing more than once; a create may not. */
const REPEATABLE = new Set(["GET", "PATCH", "DELETE"]);

export function createTransport(credentials: Credentials): Transport {
  const secure = credentials.baseUrl.protocol === "https:";
  const agent = secure ? new HttpsAgent({ keepAlive: true, ...credentials.tls }) : new HttpAgent({ keepAlive: true });
  const begin = secure ? httpsRequest : httpRequest;

  async function attempt(call: Call, signal: AbortSignal): Promise<IncomingMessage> {
    const authorization = await credentials.authorization();
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    return new Promise((resolve, reject) => {
      const outgoing = begin(urlOf(credentials.baseUrl, call), {
        agent,
        method: call.method,
        signal,
        headers: {
          accept: "application/json",
          ...(authorization === null ? {} : { authorization }),
          ...(body === undefined
            ? {}
            : { "content-type": call.contentType ?? "application/json", "content-length": body.length }),
        },
      });
      outgoing.on("response", resolve);
      outgoing.on("error", (cause) => reject(new Unanswered(cause, outgoing)));
      outgoing.end(body);
    });
  }

  async function exchange(call: Call, signal: AbortSignal): Promise<IncomingMessage> {
    try {
      return await attempt(call, signal);
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      // A kept connection may have been closed by the server just before we used it.
      if (error.reused && !signal.aborted && REPEATABLE.has(call.method)) return attempt(call, signal);
      throw error;
    }
  }

  return {
    async send(call) {
      return within(call, async (signal) => {
        const answer = await exchange(call, signal);
        const body = parseBody(await text(answer));
        if (!isSuccess(answer)) throw fromStatus(answer.statusCode ?? 0, body, call.what);
        return body;
      });
    },
    async open(call) {
      return within(call, async (signal, release) => {
        const answer = await exchange(call, signal);
        if (!isSuccess(answer)) throw fromStatus(answer.statusCode ?? 0, parseBody(await text(answer)), call.what);
        release(answer);
        return answer;
      });
    },
    dropConnections: () => agent.destroy(),
  };
}

class Unanswered extends Error {
  readonly reused: boolean;
  constructor(cause: Error, outgoing: ClientRequest) {
    super(cause.message, { cause });
    this.reused = outgoing.reusedSocket;
  }
}

/**
 * Runs `work` under the call's deadline and signal. `release(stream)` ends the deadline but keeps the caller's signal tied
 * to the stream until that closes.
 */
async function within<T>(
  call: Call,
  work: (signal: AbortSignal, release: (stream: IncomingMessage) => void) => Promise<T>,
): Promise<T> {
  call.signal?.throwIfAborted();
  const deadlineMs = call.deadlineMs ?? DEADLINE_MS;
  const abort = new AbortController();
  const timer = setTimeout(
    () => abort.abort(new KubeError("deadline", `${call.what}: no answer within ${deadlineMs} ms`)),
    deadlineMs,
  );
  const giveUp = () => abort.abort(call.signal?.reason);
  call.signal?.addEventListener("abort", giveUp, { once: true });
  const untie = () => call.signal?.removeEventListener("abort", giveUp);
  let streaming = false;
  try {
    return await work(abort.signal, (stream) => {
      streaming = true;
      stream.once("close", untie);
    });
  } catch (error) {
    if (abort.signal.aborted) throw abort.signal.reason;
    throw error instanceof KubeError
      ? error
      : fromNetwork(error instanceof Unanswered ? error.cause : error, call.what);
  } finally {
    clearTimeout(timer);
    if (!streaming) untie();
  }
}

const isSuccess = (answer: IncomingMessage) => {
  const status = answer.statusCode ?? 0;
  return status >= 200 && status < 300;
};

/** Errors of proxies on the way are plain text. */
function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function urlOf(baseUrl: URL, call: Call): URL {
  const url = new URL(baseUrl);
  url.pathname = `${baseUrl.pathname.replace(/\/$/, "")}${call.path}`;
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}
