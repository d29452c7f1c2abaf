import { connect, type Socket } from "node:net";
import { type ResponseHandler, ResponseParser } from "./response-parser.ts";

/** A pod that does not accept a connection in this time is as good as gone: its node may be. */
const CONNECT_TIMEOUT_MS = 1_000;
/** Below node:http's default of 5 s, so that we let an idle connection go before the pod does. */
const IDLE_DEFAULT_MS = 4_000;
const IDLE_MARGIN_MS = 1_000;
/** Up to here one string write beats two buffers. */
const INLINE_BODY_BYTES_MAX = 16 * 1024;

/**
 * `connect`: nothing was sent. `reset`: the connection broke, or answered nonsense, after the request may have been read.
 * `answered`: a byte of the answer had arrived. `reused`: the pod may simply have closed an idle connection.
 */
export type ExchangeFailure = { kind: "connect" | "reset"; answered: boolean; reused: boolean; cause: Error };

export type ExchangeHandler = ResponseHandler & {
  onFailure(failure: ExchangeFailure): void;
  /** A new connection was accepted. Not called for one that was open already. */
  onConnect?(): void;
  /** A streamed request may go on after `writeBody` returned false. */
  onDrain?(): void;
};

export type UpstreamRequest = {
  /** Request line and headers up to and including the empty line, latin1. */
  head: string;
  /** The whole body, or its beginning when `streamed`. */
  body: Buffer | undefined;
  streamed: boolean;
  /** A HEAD request: the answer has no body whatever it says. */
  headOnly: boolean;
};

type Owner = { onIdle(connection: PodConnection): void; onClosed(connection: PodConnection): void };

/** One keep-alive connection to one pod; one exchange at a time. */
export class PodConnection {
  reused = false;
  private readonly socket: Socket;
  private readonly parser = new ResponseParser();
  private readonly owner: Owner;
  private handler: ExchangeHandler | undefined;
  private connected = false;
  private requestDone = true;
  private idleSinceMs = 0;

  constructor(host: string, port: number, owner: Owner) {
    this.owner = owner;
    this.socket = connect({ host, port, noDelay: true, keepAlive: true });
    const timer = setTimeout(() => this.socket.destroy(new Error("connection attempt timed out")), CONNECT_TIMEOUT_MS);
    this.socket.once("connect", () => {
      this.connected = true;
      clearTimeout(timer);
      this.handler?.onConnect?.();
    });
    this.socket.on("data", (data: Buffer) => this.onData(data));
    this.socket.on("end", () => this.onEnd());
    this.socket.on("drain", () => this.handler?.onDrain?.());
    let cause = new Error("the pod closed the connection");
    this.socket.on("error", (error) => {
      cause = error;
    });
    this.socket.on("close", () => {
      clearTimeout(timer);
      this.owner.onClosed(this);
      this.fail(cause);
    });
  }

  /** False once the connection has been idle for so long that the pod may be closing it. */
  isFresh(nowMs: number): boolean {
    const idleMs = this.parser.idleMs === 0 ? IDLE_DEFAULT_MS : this.parser.idleMs - IDLE_MARGIN_MS;
    return nowMs - this.idleSinceMs < idleMs && !this.socket.destroyed;
  }

  send(request: UpstreamRequest, handler: ExchangeHandler): void {
    this.handler = handler;
    this.requestDone = !request.streamed;
    this.parser.begin(handler, request.headOnly);
    const { head, body } = request;
    if (body === undefined || body.length === 0) this.socket.write(head, "latin1");
    else if (body.length <= INLINE_BODY_BYTES_MAX) this.socket.write(head + body.toString("latin1"), "latin1");
    else {
      this.socket.cork();
      this.socket.write(head, "latin1");
      this.socket.write(body);
      this.socket.uncork();
    }
  }

  /** More of a streamed body, framed by the caller. False: wait for `onDrain`. */
  writeBody(chunk: Buffer | string): boolean {
    return this.socket.write(chunk, "latin1");
  }

  endBody(): void {
    this.requestDone = true;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Nobody wants the answer any more: the pod sees the connection close. The handler hears nothing further. */
  abort(): void {
    this.handler = undefined;
    this.parser.drop();
    this.socket.destroy();
  }

  private onData(data: Buffer): void {
    try {
      this.parser.push(data);
    } catch (error) {
      this.socket.destroy();
      this.fail(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (this.parser.done && this.handler !== undefined) this.release();
  }

  private onEnd(): void {
    try {
      this.parser.end();
      this.handler = undefined;
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
    this.socket.destroy();
  }

  private release(): void {
    this.handler = undefined;
    if (!this.parser.keepAlive || !this.requestDone || this.socket.destroyed) {
      this.socket.destroy();
      return;
    }
    // A slow client may have paused it with the very bytes that ended the answer.
    this.socket.resume();
    this.reused = true;
    this.idleSinceMs = performance.now();
    this.owner.onIdle(this);
  }

  private fail(cause: Error): void {
    const handler = this.handler;
    this.handler = undefined;
    if (handler === undefined) return;
    // Complete answers followed by nonsense were delivered: only the connection is lost.
    if (this.parser.done) return;
    this.parser.drop();
    handler.onFailure({
      kind: this.connected ? "reset" : "connect",
      answered: this.parser.started,
      reused: this.reused,
      cause,
    });
  }
}
