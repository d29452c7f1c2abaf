import type { IncomingMessage, ServerResponse } from "node:http";
import type { Entry, Plan } from "../plans/compile.ts";
import type { ExchangeFailure, ExchangeHandler, PodConnection } from "../upstream/pod-connection.ts";
import type { Pod } from "../upstream/pod-set.ts";
import type { ResponseHead } from "../upstream/response-parser.ts";
import { discardRest, REFUSAL, type RefusalCode, refuse } from "./answers.ts";
import { type ByteBudget, type CollectedBody, collectBody } from "./body.ts";
import type { ClientHeaders } from "./headers.ts";
import { streamRequestBody } from "./request-stream.ts";
import { type Choice, fallbackFor, type Target } from "./route.ts";
import type { Shadows } from "./shadow.ts";

/** A request's bytes reach at most this many pods; a connection that was refused has sent none. */
const SENDS_MAX = 2;
const CONNECTS_MAX = 3;
const CLIENT_GONE = 499;
const INLINE_ANSWER_BYTES_MAX = 16 * 1024;

export type ExchangeDeps = { budget: ByteBudget; shadows: Shadows; draining: () => boolean };
export type ExchangeInput = {
  plan: Plan;
  target: Target;
  headers: ClientHeaders;
  choice: Extract<Choice, { kind: "chosen" }>;
};

/** One client request on its way to a pod and back, under the plan that was in force when its headers came. */
export class Exchange implements ExchangeHandler {
  private readonly deps: ExchangeDeps;
  private readonly req: IncomingMessage;
  private readonly res: ServerResponse;
  private readonly input: ExchangeInput;
  private readonly startedMs = performance.now();
  private readonly timer: NodeJS.Timeout;
  private entry: Entry;
  private role: "live" | "forced" | "fallback";
  private body: CollectedBody | undefined;
  private pod: Pod | undefined;
  private connection: PodConnection | undefined;
  private status = 0;
  private sends = 0;
  private connects = 0;
  private stalledByClient = false;
  private over = false;
  private stopStreaming: (() => void) | undefined;
  private readonly cancelBody: () => void;

  constructor(deps: ExchangeDeps, req: IncomingMessage, res: ServerResponse, input: ExchangeInput) {
    this.deps = deps;
    this.req = req;
    this.res = res;
    this.input = input;
    this.entry = input.choice.entry;
    this.role = input.choice.role;
    this.timer = setTimeout(() => this.onDeadline(), input.plan.wire.timeoutMs);
    res.on("close", () => this.onClientClosed());
    this.cancelBody = collectBody(req, input.headers.lengthBytes, input.plan.wire.bodyBytesMax, deps.budget, (body) => {
      this.body = body;
      if (body.kind === "too_large") this.refuseTooLarge();
      else this.dispatch(undefined);
    });
  }

  onHead(head: ResponseHead): void {
    this.status = head.status;
    const headers = head.headers;
    if (head.lengthBytes >= 0) headers.push("content-length", String(head.lengthBytes));
    headers.push("x-slipway-revision", this.entry.revisionText, ...this.ownHeaders());
    try {
      this.res.writeHead(head.status, headers);
    } catch {
      // A pod may send header bytes that node does not let through.
      this.connection?.abort();
      this.settlePod(true);
      this.refuse("pod_failed", "the pod's answer could not be passed on");
    }
  }

  onBody(chunk: Buffer, last: boolean): void {
    if (this.over) return;
    if (!last) {
      if (this.res.write(chunk) || this.stalledByClient) return;
      this.stalledByClient = true;
      this.connection?.pause();
      this.res.once("drain", () => {
        this.stalledByClient = false;
        this.connection?.resume();
      });
      return;
    }
    this.settlePod(this.status >= 502 && this.status <= 504);
    if (chunk.length === 0) this.res.end();
    // As a string a small answer leaves in one write together with its headers.
    else if (chunk.length <= INLINE_ANSWER_BYTES_MAX) this.res.end(chunk.toString("latin1"), "latin1");
    else this.res.end(chunk);
    this.finish(this.status);
    // The pod may have answered before it read all.
    if (this.stopStreaming !== undefined) discardRest(this.req);
    if (this.role === "live" && this.input.plan.shadows.length > 0) this.copy();
  }

  onFailure(failure: ExchangeFailure): void {
    const pod = this.pod;
    const nowMs = performance.now();
    this.settlePod(failure.answered);
    if (!failure.reused && !failure.answered) pod?.unreachable(nowMs);
    if (failure.kind === "connect") this.connects++;
    else this.sends++;
    if (this.res.headersSent || failure.answered) {
      this.fail();
      return;
    }
    // A body that passes through was not touched yet when nobody accepted the connection.
    const repeatable = this.body?.kind === "whole" || failure.kind === "connect";
    if (this.sends >= SENDS_MAX || this.connects >= CONNECTS_MAX || !repeatable) {
      this.fail();
      return;
    }
    this.redirect(pod, nowMs);
  }

  /** Only now is the client's body read: until here another pod could have had all of it. */
  onConnect(): void {
    if (this.body?.kind === "stream" && this.connection !== undefined) this.stream(this.connection, this.body.prefix);
  }

  onDrain(): void {
    // Not before the body is passed on: the head alone may have filled the buffer.
    if (this.stopStreaming !== undefined) this.req.resume();
  }

  /** A second attempt: another pod, the same one anew, or whoever stands in for a revision that lost all its pods. */
  private redirect(pod: Pod | undefined, nowMs: number): void {
    if (this.entry.pods.usable(nowMs)) {
      this.dispatch(pod);
      return;
    }
    const { plan, choice } = this.input;
    const fallback = this.role === "forced" ? undefined : fallbackFor(plan, choice.intended, nowMs);
    if (fallback === undefined) {
      this.refuse("no_ready_pods", "no pod of this revision can be reached");
      return;
    }
    this.entry = fallback;
    this.role = "fallback";
    this.dispatch(undefined);
  }

  private dispatch(failed: Pod | undefined): void {
    const nowMs = performance.now();
    const body = this.body;
    const pod = this.entry.pods.pick(nowMs, failed);
    // Its last pod can have gone while the body came in.
    if (pod === undefined) {
      this.redirect(failed, nowMs);
      return;
    }
    this.pod = pod;
    pod.outstanding++;
    const streamed = body?.kind === "stream";
    // A second attempt and a body that cannot be sent twice must not meet a connection the pod is just closing.
    const connection = pod.connection(nowMs, failed !== undefined || this.sends + this.connects > 0 || streamed);
    this.connection = connection;
    const headOnly = this.req.method === "HEAD";
    connection.send(
      { head: this.requestHead(pod), body: body?.kind === "whole" ? body.body : undefined, streamed, headOnly },
      this,
    );
  }

  private stream(connection: PodConnection, prefix: Buffer | undefined): void {
    this.stopStreaming = streamRequestBody({
      req: this.req,
      connection,
      prefix,
      chunked: this.input.headers.lengthBytes < 0,
      maxBytes: this.input.plan.wire.bodyBytesMax,
      onTooLarge: () => {
        if (this.over) return;
        connection.abort();
        this.settlePod(false);
        this.refuseTooLarge();
      },
    });
  }

  private requestHead(pod: Pod): string {
    const { target, headers } = this.input;
    let framing = "";
    if (headers.lengthBytes > 0) framing = `content-length: ${headers.lengthBytes}\r\n`;
    else if (this.body?.kind === "stream") framing = "transfer-encoding: chunked\r\n";
    else if (this.body?.kind === "whole" && this.body.body !== undefined)
      framing = `content-length: ${this.body.body.length}\r\n`;
    else if (this.req.method !== "GET" && this.req.method !== "HEAD") framing = "content-length: 0\r\n";
    return `${this.req.method} ${target.path} HTTP/1.1\r\nhost: ${pod.authority}\r\n${headers.forwarded}${framing}\r\n`;
  }

  private ownHeaders(): string[] {
    const own = ["x-slipway-plan", this.input.plan.numberText, "x-request-id", this.input.headers.requestId];
    if (this.role === "fallback") own.push("x-slipway-fallback", this.input.choice.intended.revisionText);
    if (this.deps.draining()) own.push("connection", "close");
    return own;
  }

  private onDeadline(): void {
    const uploading = this.stopStreaming !== undefined && !this.req.complete && !this.req.isPaused();
    const waitingForClient = this.stalledByClient || this.body === undefined || uploading;
    this.connection?.abort();
    this.settlePod(!waitingForClient);
    if (this.res.headersSent) {
      this.res.destroy();
      this.finish(waitingForClient ? CLIENT_GONE : REFUSAL.deadline_exceeded);
    } else if (waitingForClient) this.refuse("request_timeout", "the request's body did not arrive in time");
    else this.refuse("deadline_exceeded", `no answer within ${this.input.plan.wire.timeoutMs} ms`);
  }

  private onClientClosed(): void {
    if (this.over) return;
    this.connection?.abort();
    this.settlePod(undefined);
    this.finish(CLIENT_GONE);
  }

  private fail(): void {
    if (this.res.headersSent) {
      // Half an answer must not look like a whole one.
      this.res.destroy();
      this.finish(REFUSAL.pod_failed);
    } else this.refuse("pod_failed", "the pod broke off before it answered");
  }

  private refuseTooLarge(): void {
    this.refuse("body_too_large", `the body exceeds ${this.input.plan.wire.bodyBytesMax} bytes`);
  }

  private refuse(code: RefusalCode, error: string): void {
    refuse(this.res, code, error, this.ownHeaders());
    this.finish(REFUSAL[code]);
  }

  /** `failed` undefined: nothing learned about the pod. */
  private settlePod(failed: boolean | undefined): void {
    const pod = this.pod;
    this.pod = undefined;
    this.connection = undefined;
    if (pod === undefined) return;
    pod.outstanding--;
    if (failed === true) this.entry.pods.reportFailure(pod, performance.now());
    else if (failed === false) pod.succeeded();
  }

  private finish(code: number): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.timer);
    this.stopStreaming?.();
    if (this.body === undefined) this.cancelBody();
    else this.deps.budget.give(this.body.heldBytes);
    const { metrics } = this.input.choice.intended;
    const durationMs = performance.now() - this.startedMs;
    // Whoever stood in, the intended revision failed this request.
    if (this.role === "fallback") metrics.record("fallback", REFUSAL.no_ready_pods, durationMs);
    else metrics.record(this.role, code, durationMs);
  }

  private copy(): void {
    const { plan, target, headers } = this.input;
    const method = this.req.method ?? "GET";
    const body = this.body?.kind === "whole" ? (this.body.body ?? null) : undefined;
    this.deps.shadows.offer(plan, { method, path: target.path, forwarded: headers.forwarded, body });
  }
}
