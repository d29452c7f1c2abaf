import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hexOf, READ_TOKEN, startArtifactStore, WRITE_TOKEN } from "#test/support/artifact-store.ts";

let folder: string;
let store: Awaited<ReturnType<typeof startArtifactStore>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "slipway-artifacts-"));
  store = await startArtifactStore(folder);
});
afterAll(async () => {
  await store.stop();
  rmSync(folder, { recursive: true });
});

const bytes = randomBytes(300_000);
const partial = () => readdirSync(join(folder, "partial"));
const isStored = (hex: string) => existsSync(join(folder, "sha256", hex));

/** What a client that writes raw bytes is answered until the store closes the connection. */
async function raw(request: string): Promise<string> {
  const socket = connect(Number(new URL(store.url).port), "127.0.0.1");
  socket.write(request);
  return text(socket);
}

it("What was put is got back whole, in part, and described", async () => {
  expect((await store.put(bytes)).status).toBe(201);
  const path = `/sha256/${hexOf(bytes)}`;
  const whole = await store.call("GET", path, READ_TOKEN);
  expect(Buffer.from(await whole.arrayBuffer())).toEqual(bytes);
  const part = await store.call("GET", path, READ_TOKEN, { headers: { range: "bytes=100000-100099" } });
  expect([part.status, part.headers.get("content-range")]).toEqual([206, "bytes 100000-100099/300000"]);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(100_000, 100_100));
  const end = await store.call("GET", path, READ_TOKEN, { headers: { range: "bytes=-10" } });
  expect(Buffer.from(await end.arrayBuffer())).toEqual(bytes.subarray(-10));
  const beyond = await store.call("GET", path, READ_TOKEN, { headers: { range: "bytes=300000-" } });
  expect(beyond.status).toBe(416);
  const head = await store.call("HEAD", path, WRITE_TOKEN);
  expect([head.status, head.headers.get("content-length")]).toEqual([200, "300000"]);
});

it("An artifact whose bytes are not what its name says never appears", async () => {
  const hex = hexOf(randomBytes(10));
  const response = await store.put(randomBytes(1_000), hex);
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ code: "digest_mismatch" });
  expect(isStored(hex)).toBe(false);
  expect(partial()).toEqual([]);
});

it.each([
  ["GET", "", 401],
  ["GET", "wrong", 401],
  ["PUT", READ_TOKEN, 401],
  ["PUT", "", 401],
  ["DELETE", WRITE_TOKEN, 405],
])("%s with the token %j is refused", async (method, token, status) => {
  const more = method === "PUT" ? { body: "text" } : {};
  const response = await store.call(method, `/sha256/${hexOf(randomBytes(4))}`, token, more);
  expect(response.status).toBe(status);
});

it.each([
  "/sha256/../../etc/passwd",
  "/sha256/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
  `/sha256/${"A".repeat(64)}`,
  `/sha256/${"a".repeat(63)}`,
  `/sha256/${"a".repeat(64)}/..`,
  "/partial/x",
])("No path leads out of the store: %s", async (path) => {
  const answer = await raw(
    `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${READ_TOKEN}\r\nconnection: close\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 404 /);
});

it("Uploads of the same artifact at once all succeed and leave one", async () => {
  const same = randomBytes(2_000_000);
  const responses = await Promise.all(Array.from({ length: 8 }, () => store.put(same)));
  expect(responses.map(({ status }) => status)).toEqual(Array(8).fill(201));
  const got = await store.call("GET", `/sha256/${hexOf(same)}`, READ_TOKEN);
  expect(hexOf(new Uint8Array(await got.arrayBuffer()))).toBe(hexOf(same));
  expect(partial()).toEqual([]);
});

it("An upload larger than the volume is refused before it travels", async () => {
  const hex = hexOf(randomBytes(4));
  const answer = await raw(
    `PUT /sha256/${hex} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${WRITE_TOKEN}\r\ncontent-length: 900000000000000\r\n\r\nfirst`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 507 [\s\S]*storage_full/);
  expect(partial()).toEqual([]);
});

it("A caller who expects to be told is refused before sending the body", async () => {
  const answer = await raw(
    `PUT /sha256/${"a".repeat(64)} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
});

it("An upload that breaks off, or is cut by a kill, leaves nothing after the next start", async () => {
  const own = mkdtempSync(join(tmpdir(), "slipway-artifacts-"));
  const first = await startArtifactStore(own);
  await first.put(bytes);
  const socket = connect(Number(new URL(first.url).port), "127.0.0.1");
  socket.on("error", () => {});
  const head = `PUT /sha256/${"b".repeat(64)} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${WRITE_TOKEN}\r\n`;
  socket.write(`${head}expect: 100-continue\r\ncontent-length: 1000000\r\n\r\n`);
  // The interim answer comes just before the file is made, so the next answer comes after.
  await new Promise((resolve) => socket.once("data", resolve));
  socket.write(randomBytes(1_000));
  while (readdirSync(join(own, "partial")).length === 0) await fetch(`${first.url}/health/live`);
  await first.stop("SIGKILL");
  expect(readdirSync(join(own, "partial"))).toHaveLength(1);

  const second = await startArtifactStore(own);
  expect(readdirSync(join(own, "partial"))).toEqual([]);
  expect(readdirSync(join(own, "sha256"))).toEqual([hexOf(bytes)]);
  await second.stop();
  rmSync(own, { recursive: true });
});
