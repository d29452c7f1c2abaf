import fc from "fast-check";
import { expect, test } from "vitest";
import { MalformedResponse, type ResponseHead, ResponseParser } from "./response-parser.ts";

type Outcome = { head: ResponseHead | undefined; body: string; ended: number; keepAlive: boolean };

/** What comes out when `bytes` come in cut at `cuts`. */
function parse(
  bytes: Buffer,
  cuts: readonly number[] = [],
  options: { headOnly?: boolean; close?: boolean } = {},
): Outcome {
  const parser = new ResponseParser();
  const outcome: Outcome = { head: undefined, body: "", ended: 0, keepAlive: false };
  parser.begin(
    {
      onHead(head) {
        outcome.head = head;
      },
      onBody(chunk, last) {
        outcome.body += chunk.toString("latin1");
        if (last) outcome.ended++;
      },
    },
    options.headOnly ?? false,
  );
  const edges = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  for (let i = 1; i < edges.length; i++) parser.push(bytes.subarray(edges[i - 1], edges[i]));
  if (options.close === true) parser.end();
  outcome.keepAlive = parser.keepAlive;
  return outcome;
}
const http = (text: string) => Buffer.from(text.replaceAll("\n", "\r\n"), "latin1");

test("reads status, headers and a body of known length", () => {
  const outcome = parse(http("HTTP/1.1 201 Created\nContent-Type: a/b\ncontent-length: 5\nX-Two:  v \n\nhello"));
  expect(outcome).toEqual({
    head: { status: 201, headers: ["Content-Type", "a/b", "X-Two", "v"], lengthBytes: 5 },
    body: "hello",
    ended: 1,
    keepAlive: true,
  });
});

test("reads chunks with extensions and trailers", () => {
  const text = "HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n5;a=b\nhello\n1\n!\n0\nx: y\n\n";
  expect(parse(http(text))).toMatchObject({ body: "hello!", ended: 1, keepAlive: true, head: { lengthBytes: -1 } });
});

test("skips interim answers", () => {
  const text = "HTTP/1.1 100 Continue\n\nHTTP/1.1 103 Early\nlink: x\n\nHTTP/1.1 200 OK\ncontent-length: 1\n\na";
  expect(parse(http(text))).toMatchObject({ head: { status: 200, headers: [] }, body: "a", ended: 1 });
});

test("knows which answers have no body", () => {
  for (const status of [204, 304]) {
    expect(parse(http(`HTTP/1.1 ${status} X\n\n`))).toMatchObject({ body: "", ended: 1, keepAlive: true });
  }
  const head = parse(http("HTTP/1.1 200 OK\ncontent-length: 9\n\n"), [], { headOnly: true });
  expect(head).toMatchObject({ body: "", ended: 1, head: { lengthBytes: 9 } });
});

test("without a length the body ends with the connection, which is not used again", () => {
  expect(parse(http("HTTP/1.1 200 OK\n\nabc"), [], { close: true })).toMatchObject({
    body: "abc",
    ended: 1,
    keepAlive: false,
  });
  expect(parse(http("HTTP/1.0 200 OK\ncontent-length: 1\n\na"))).toMatchObject({ keepAlive: false });
  expect(parse(http("HTTP/1.1 200 OK\nconnection: x, Close\ncontent-length: 1\n\na"))).toMatchObject({
    keepAlive: false,
  });
});

test("leaves out hop-by-hop headers, those the pod named, and what only the router may say", () => {
  const text =
    "HTTP/1.1 200 OK\nconnection: x-mine\nx-mine: 1\nkeep-alive: timeout=5\nupgrade: h2\ntrailer: x\nx-slipway-plan: 9\nX-Request-Id: 9\nx-kept: 1\ncontent-length: 0\n\n";
  expect(parse(http(text)).head?.headers).toEqual(["x-kept", "1"]);
});

test("however the bytes are cut, the outcome is the same", () => {
  const answers = [
    "HTTP/1.1 200 OK\na: b\ncontent-length: 11\n\nhello world",
    "HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\ntransfer-encoding: chunked\n\nb\nhello world\n0b\n..........!\n0\nt: v\n\n",
  ].map(http);
  fc.assert(
    fc.property(fc.constantFrom(...answers), fc.array(fc.nat(120), { maxLength: 20 }), (bytes, points) => {
      const cuts = points.map((point) => point % bytes.length);
      expect(parse(bytes, cuts)).toEqual(parse(bytes));
    }),
  );
});

test("nonsense is an error, never an answer", () => {
  const bad = [
    "hello\n\n",
    "HTTP/2 200 OK\n\n",
    "HTTP/1.1 20 OK\n\n",
    "HTTP/1.1 101 Switching\n\n",
    "HTTP/1.1 200 OK\nno colon\n\n",
    "HTTP/1.1 200 OK\ncontent-length: 1\ncontent-length: 2\n\nab",
    "HTTP/1.1 200 OK\ncontent-length: -1\n\n",
    "HTTP/1.1 200 OK\ncontent-length: 0x10\n\n",
    "HTTP/1.1 200 OK\ntransfer-encoding: gzip, chunked\n\n",
    "HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\nxyz\n",
    "HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n2\nabc\n",
    `HTTP/1.1 200 OK\nx: ${"y".repeat(70_000)}`,
  ];
  for (const text of bad) expect(() => parse(http(text)), text.slice(0, 60)).toThrow(MalformedResponse);
  expect(() => parse(http("HTTP/1.1 200 OK\ncontent-length: 3\n\nab"), [], { close: true })).toThrow(MalformedResponse);
  expect(() => parse(http("HTTP/1.1 200 OK\ncontent-length: 1\n\nab"))).toThrow(MalformedResponse);
});
