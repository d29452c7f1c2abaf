import { once } from "node:events";
import { createServer, type ServerOptions } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { keepUploads, uploadBody } from "./upload-body.ts";

const HEADER = "x-slipway-upload";

/** The request that Next would make of each has `copied` for a body. What `answer` makes of it is answered. */
async function startServer(
  answer: (request: Request) => Promise<[status: number, body: string]>,
  options: ServerOptions = {},
) {
  const seen: string[] = [];
  const server = createServer(options, (incoming, response) => {
    const id = String(incoming.headers[HEADER] ?? "none");
    seen.push(id);
    const request = new Request("http://slipway/", { method: "PUT", headers: { [HEADER]: id }, body: "copied" });
    void answer(request).then(([status, body]) => response.writeHead(status).end(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const put = async (body: string, headers: Record<string, string> = {}) =>
    (await fetch(url, { method: "PUT", body, headers })).text();
  return { put, seen, url };
}
const echo = async (request: Request): Promise<[number, string]> => [200, await text(uploadBody(request))];

test("an upload's body is what its own connection sent, until that is undone", async () => {
  const { put } = await startServer(echo);
  const stop = keepUploads();
  const large = "x".repeat(300_000);
  expect(await put(large)).toBe(large);
  expect(await put("")).toBe("");
  stop();
  expect(await put("mine")).toBe("copied");
});

test("nobody names another's upload, nor one that is over", async () => {
  const { put, seen } = await startServer(echo);
  onTestFinished(keepUploads());
  await put("first");
  expect(await put("second", { [HEADER]: seen[0] ?? "" })).toBe("second");
  expect(seen[1]).not.toBe(seen[0]);
  const late = new Request("http://slipway/", { method: "PUT", headers: { [HEADER]: seen[0] ?? "" }, body: "late" });
  expect(await text(uploadBody(late))).toBe("late");
});

test("a sender whose upload is refused midway gets the answer, not a broken connection", async () => {
  onTestFinished(keepUploads());
  const { url } = await startServer(async (request) => {
    const reader = uploadBody(request).getReader();
    await reader.read();
    await reader.cancel();
    return [507, "no space"];
  });
  const answer = await fetch(url, { method: "PUT", body: new Uint8Array(20_000_000) });
  expect([answer.status, await answer.text()]).toEqual([507, "no space"]);
});

test("an upload may take its time; another request may not, nor whoever does not even say what they want", async () => {
  onTestFinished(keepUploads({ otherMsMax: 100 }));
  const impatient = { requestTimeout: 100, headersTimeout: 100, connectionsCheckingInterval: 20 };
  const { url } = await startServer(echo, impatient);
  const slow = connect(Number(new URL(url).port), "127.0.0.1");
  slow.write("PUT /api/v1/artifacts HTTP/1.1\r\nhost: slipway\r\nconnection: close\r\ncontent-length: 10\r\n\r\n12345");
  const stuck = connect(Number(new URL(url).port), "127.0.0.1");
  stuck.write("PUT / HTTP/1.1\r\nhost:");
  const dripping = connect(Number(new URL(url).port), "127.0.0.1");
  dripping.write("POST /api/auth/sign-in HTTP/1.1\r\nhost: slipway\r\ncontent-length: 10\r\n\r\n1");
  // By then the time of the other is over too.
  await Promise.all([once(stuck.resume(), "close"), once(dripping.resume(), "close")]);
  slow.write("67890");
  expect(await text(slow)).toMatch(/^HTTP\/1.1 200 [\s\S]*1234567890/);
});
