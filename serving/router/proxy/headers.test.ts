import { expect, test } from "vitest";
import { readHeaders } from "./headers.ts";

test("framing is read and left to the router, everything else of the client goes on as it was sent", () => {
  const read = readHeaders([
    "Host",
    "x",
    "Content-Length",
    "12",
    "X-Twice",
    "1",
    "X-Twice",
    "2",
    "Accept",
    "*/*",
    "Expect",
    "100-continue",
  ]);
  expect(read.lengthBytes).toBe(12);
  expect(read.forwarded.startsWith("X-Twice: 1\r\nX-Twice: 2\r\nAccept: */*\r\nx-request-id: ")).toBe(true);
  expect(readHeaders(["Transfer-Encoding", "chunked"]).lengthBytes).toBe(-1);
  expect(readHeaders([])).toMatchObject({ lengthBytes: 0, unit: undefined, revision: undefined });
});

test("what the Connection header names stays on the connection, in any case and however often it is sent", () => {
  const raw = [
    "Connection",
    "X-A ,x-b",
    "X-a",
    "1",
    "x-B",
    "2",
    "connection",
    "x-c",
    "x-c",
    "3",
    "x-d",
    "4",
    "x-request-id",
    "r",
  ];
  expect(readHeaders(raw).forwarded).toBe("x-d: 4\r\nx-request-id: r\r\n");
});

test("the first unit and revision count, a unit in UTF-8", () => {
  const latin1 = Buffer.from("名", "utf8").toString("latin1");
  const read = readHeaders([
    "x-unit-id",
    latin1,
    "X-Unit-Id",
    "other",
    "x-slipway-revision",
    "3",
    "x-slipway-revision",
    "4",
  ]);
  expect(read).toMatchObject({ unit: "名", revision: "3" });
});

test("each request without a sane id gets one of its own", () => {
  const [a, b] = [readHeaders([]), readHeaders(["x-request-id", "a\tb"])];
  expect(a.requestId).not.toBe(b.requestId);
  expect(readHeaders(["x-request-id", "x".repeat(129)]).requestId).toHaveLength(36);
  expect(readHeaders(["x-request-id", "tr-1:2/3+4="]).requestId).toBe("tr-1:2/3+4=");
});
