/**
 * What a pod answered before its body. `headers` is flat: name, value, name, value…, without hop-by-hop headers and
 * without content-length, which is `lengthBytes` (-1: not known beforehand).
 */
export type ResponseHead = { status: number; headers: string[]; lengthBytes: number };

export type ResponseHandler = {
  onHead(head: ResponseHead): void;
  /** `last`: nothing follows; the chunk may be empty. Called at least once, with `last` exactly once. */
  onBody(chunk: Buffer, last: boolean): void;
};

/** The pod's bytes are not an HTTP/1.1 answer: the connection is of no further use. */
export class MalformedResponse extends Error {}

const HEAD_BYTES_MAX = 64 * 1024;
const CHUNK_LINE_BYTES_MAX = 1024;
const EMPTY = Buffer.alloc(0);
const UNKNOWN = -1;

type State = "head" | "length" | "until-close" | "chunk-size" | "chunk-data" | "chunk-end" | "trailer" | "done";

type Framing = { chunked: boolean; length: number; close: boolean; idleMs: number };

/**
 * One HTTP/1.1 answer at a time, from however the bytes arrive. Written by hand because a router's cost is mostly its
 * HTTP client's: this one does what a reverse proxy needs of a known server and nothing else.
 */
export class ResponseParser {
  /** Whether the connection may carry another request after this answer. */
  keepAlive = true;
  /** How long the pod said it keeps an idle connection; 0 when it did not say. */
  idleMs = 0;
  /** Whether a byte of the present answer has arrived. */
  started = false;
  private state: State = "done";
  private held: Buffer = EMPTY;
  private left = 0;
  private headOnly = false;
  private handler: ResponseHandler | undefined;

  get done(): boolean {
    return this.state === "done";
  }

  begin(handler: ResponseHandler, headOnly: boolean): void {
    this.handler = handler;
    this.headOnly = headOnly;
    this.state = "head";
    this.started = false;
    this.held = EMPTY;
  }

  /** Throws MalformedResponse, also for bytes nobody asked for. */
  push(data: Buffer): void {
    this.started = true;
    let bytes = this.held.length === 0 ? data : Buffer.concat([this.held, data]);
    this.held = EMPTY;
    while (bytes.length > 0) {
      const rest = this.step(bytes);
      if (rest === undefined) {
        this.held = bytes;
        return;
      }
      bytes = rest;
    }
  }

  /** Nobody wants the rest of this answer. */
  drop(): void {
    this.handler = undefined;
  }

  /** The pod closed its side. Throws MalformedResponse unless the answer was complete or ends this way. */
  end(): void {
    if (this.state === "until-close") this.finish(EMPTY);
    else if (this.state !== "done") throw new MalformedResponse("closed in the middle of an answer");
  }

  /** Consumes what it can and returns what is left, or undefined when it needs more bytes first. */
  private step(bytes: Buffer): Buffer | undefined {
    switch (this.state) {
      case "head":
        return this.readHead(bytes);
      case "length":
        return this.readLength(bytes);
      case "until-close":
        this.handler?.onBody(bytes, false);
        return EMPTY;
      case "chunk-size":
        return this.readChunkSize(bytes);
      case "chunk-data":
        return this.readChunkData(bytes);
      case "chunk-end":
        return this.readChunkEnd(bytes);
      case "trailer":
        return this.readTrailer(bytes);
      case "done":
        throw new MalformedResponse("bytes after the answer");
    }
  }

  private readHead(bytes: Buffer): Buffer | undefined {
    const end = bytes.indexOf("\r\n\r\n", 0, "latin1");
    if (end > HEAD_BYTES_MAX || (end < 0 && bytes.length > HEAD_BYTES_MAX))
      throw new MalformedResponse("head too long");
    if (end < 0) return undefined;
    const text = bytes.toString("latin1", 0, end);
    const rest = bytes.subarray(end + 4);
    const { head, framing } = parseHead(text);
    if (head.status < 200) {
      if (head.status === 101) throw new MalformedResponse("unasked upgrade");
      return rest;
    }
    this.startBody(head, framing);
    return rest;
  }

  private startBody(head: ResponseHead, framing: Framing): void {
    this.keepAlive = !framing.close;
    this.idleMs = framing.idleMs;
    const bodiless = this.headOnly || head.status === 204 || head.status === 304;
    if (!bodiless && !framing.chunked && framing.length === UNKNOWN) this.keepAlive = false;
    this.handler?.onHead(head);
    if (bodiless || (!framing.chunked && framing.length === 0)) {
      this.finish(EMPTY);
      return;
    }
    this.left = framing.length;
    this.state = framing.chunked ? "chunk-size" : framing.length === UNKNOWN ? "until-close" : "length";
  }

  private readLength(bytes: Buffer): Buffer {
    if (bytes.length < this.left) {
      this.left -= bytes.length;
      this.handler?.onBody(bytes, false);
      return EMPTY;
    }
    const rest = bytes.subarray(this.left);
    this.finish(rest.length === 0 ? bytes : bytes.subarray(0, this.left));
    return rest;
  }

  private readChunkSize(bytes: Buffer): Buffer | undefined {
    const end = lineEnd(bytes);
    if (end < 0) return undefined;
    const size = /^[ \t]*([0-9a-fA-F]{1,12})[ \t]*(;.*)?$/.exec(bytes.toString("latin1", 0, end))?.[1];
    if (size === undefined) throw new MalformedResponse("chunk size");
    this.left = Number.parseInt(size, 16);
    this.state = this.left === 0 ? "trailer" : "chunk-data";
    return bytes.subarray(end + 2);
  }

  private readChunkData(bytes: Buffer): Buffer {
    const chunk = bytes.subarray(0, this.left);
    this.left -= chunk.length;
    if (this.left === 0) this.state = "chunk-end";
    this.handler?.onBody(chunk, false);
    return bytes.subarray(chunk.length);
  }

  private readChunkEnd(bytes: Buffer): Buffer | undefined {
    if (bytes.length < 2) return undefined;
    if (bytes[0] !== 13 || bytes[1] !== 10) throw new MalformedResponse("chunk without its end");
    this.state = "chunk-size";
    return bytes.subarray(2);
  }

  private readTrailer(bytes: Buffer): Buffer | undefined {
    const end = lineEnd(bytes);
    if (end < 0) return undefined;
    if (end === 0) this.finish(EMPTY);
    return bytes.subarray(end + 2);
  }

  private finish(last: Buffer): void {
    this.state = "done";
    this.handler?.onBody(last, true);
  }
}

function lineEnd(bytes: Buffer): number {
  const end = bytes.indexOf("\r\n", 0, "latin1");
  if (end > CHUNK_LINE_BYTES_MAX || (end < 0 && bytes.length > CHUNK_LINE_BYTES_MAX)) {
    throw new MalformedResponse("chunk line too long");
  }
  return end;
}

function parseHead(text: string): { head: ResponseHead; framing: Framing } {
  const lines = text.split("\r\n");
  const status = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/.exec(lines[0] ?? "");
  if (status === null) throw new MalformedResponse("status line");
  const headers: string[] = [];
  const framing: Framing = { chunked: false, length: UNKNOWN, close: status[1] === "0", idleMs: 0 };
  let named: string[] = [];
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] ?? "";
    const colon = line.indexOf(":");
    if (colon < 1) throw new MalformedResponse("header line");
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    if (value !== "" && name.toLowerCase() === "connection")
      named = named.concat(value.toLowerCase().split(/[ \t]*,[ \t]*/));
    if (readFraming(name.toLowerCase(), value, framing)) headers.push(name, value);
  }
  if (framing.chunked) framing.length = UNKNOWN;
  if (named.includes("close")) framing.close = true;
  const kept = named.length === 0 ? headers : withoutNamed(headers, named);
  return { head: { status: Number(status[2]), headers: kept, lengthBytes: framing.length }, framing };
}

/** Reads what concerns this connection; true for a header that concerns the client. */
function readFraming(name: string, value: string, framing: Framing): boolean {
  switch (name) {
    case "content-length": {
      const length = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
      const repeated = framing.length !== UNKNOWN && framing.length !== length;
      if (Number.isNaN(length) || repeated) throw new MalformedResponse("content-length");
      framing.length = length;
      return false;
    }
    case "transfer-encoding":
      if (value.toLowerCase() !== "chunked") throw new MalformedResponse("transfer-encoding");
      framing.chunked = true;
      return false;
    case "keep-alive":
      framing.idleMs = 1_000 * Number(/timeout=(\d{1,6})/.exec(value)?.[1] ?? 0);
      return false;
    case "connection":
    case "proxy-connection":
    case "proxy-authenticate":
    case "te":
    case "trailer":
    case "upgrade":
      return false;
    default:
      return !name.startsWith("x-slipway-") && name !== "x-request-id";
  }
}

function withoutNamed(headers: string[], named: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? "";
    if (!named.includes(name.toLowerCase())) kept.push(name, headers[i + 1] ?? "");
  }
  return kept;
}
