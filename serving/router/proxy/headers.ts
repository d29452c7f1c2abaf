import { randomUUID } from "node:crypto";

/** What a router reads out of a client's headers, and those that go on to the pod. */
export type ClientHeaders = {
  /** Lines `name: value\r\n` for the pod, without framing, hop-by-hop and x-slipway headers. */
  forwarded: string;
  requestId: string;
  revision: string | undefined;
  unit: string | undefined;
  /** Declared body length, -1 when chunked, 0 when there is no body. */
  lengthBytes: number;
  /** The body is coded in a way that would have to be undone before it is passed on. */
  coded: boolean;
};

const SANE_REQUEST_ID = /^[A-Za-z0-9._:/+=-]{1,128}$/;

/** `raw` is `IncomingMessage.rawHeaders`: node has refused control characters and conflicting framing by then. */
export function readHeaders(raw: readonly string[]): ClientHeaders {
  const read: ClientHeaders = {
    forwarded: "",
    requestId: "",
    revision: undefined,
    unit: undefined,
    lengthBytes: 0,
    coded: false,
  };
  const named = connectionOptions(raw);
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? "";
    const value = raw[i + 1] ?? "";
    const lower = name.toLowerCase();
    if (keeps(lower, value, read) && !named.includes(lower)) read.forwarded += `${name}: ${value}\r\n`;
  }
  if (read.requestId === "") read.requestId = randomUUID();
  read.forwarded += `x-request-id: ${read.requestId}\r\n`;
  return read;
}

function keeps(name: string, value: string, read: ClientHeaders): boolean {
  switch (name) {
    case "host":
    case "connection":
    case "keep-alive":
    case "proxy-connection":
    case "proxy-authorization":
    case "te":
    case "trailer":
    case "upgrade":
    case "expect":
      return false;
    case "content-length":
      read.lengthBytes = Number(value);
      return false;
    case "transfer-encoding":
      read.lengthBytes = -1;
      read.coded ||= value.trim().toLowerCase() !== "chunked";
      return false;
    case "x-request-id":
      if (SANE_REQUEST_ID.test(value)) read.requestId = value;
      return false;
    case "x-unit-id":
      read.unit ??= fromUtf8(value);
      return true;
    case "x-slipway-revision":
      read.revision ??= value;
      return false;
    default:
      return !name.startsWith("x-slipway-");
  }
}

/** Headers that the client declared to be for this connection only. */
function connectionOptions(raw: readonly string[]): readonly string[] {
  let options: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? "";
    if (name.length !== 10 || name.toLowerCase() !== "connection") continue;
    const value = (raw[i + 1] ?? "").toLowerCase();
    if (value !== "keep-alive" && value !== "close") options = options.concat(value.split(/[ \t]*,[ \t]*/));
  }
  return options;
}

/** Node hands header bytes over as latin1, while buckets are computed over UTF-8. */
function fromUtf8(value: string): string {
  for (let i = 0; i < value.length; i++) {
    if (value.charCodeAt(i) > 127) return Buffer.from(value, "latin1").toString("utf8");
  }
  return value;
}
