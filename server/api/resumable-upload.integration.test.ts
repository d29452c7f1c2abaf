import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { OWN_PAGE, signedIn } from "#test/support/browser.ts";
import { ADMIN_TOKEN, type Rest, startRest } from "#test/support/rest.ts";
import { handleUpload } from "./resumable-upload.ts";

let rest: Rest;
beforeAll(async () => {
  rest = await startRest({ SLIPWAY_UPLOAD_BYTES_MAX: "1000000" });
});
afterAll(() => rest.close());

const ADMINISTRATOR = { authorization: `Bearer ${ADMIN_TOKEN}` };
type Sent = Readonly<{ headers?: Record<string, string>; as?: Record<string, string>; body?: BodyInit }>;

async function send(method: string, path: string, { headers = {}, as = ADMINISTRATOR, body }: Sent = {}) {
  const request = new Request(`http://127.0.0.1/api/uploads${path}`, {
    method,
    headers: { "tus-resumable": "1.0.0", ...as, ...headers },
    ...(body === undefined ? {} : { body, duplex: "half" }),
  } as RequestInit);
  const response = await handleUpload(rest.container, request);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

async function begin(sizeBytes: number, { headers, ...more }: Sent = {}) {
  const answer = await send("POST", "", { ...more, headers: { "upload-length": String(sizeBytes), ...headers } });
  expect(answer).toMatchObject({ status: 201, text: "" });
  return answer.headers.get("location")?.replace("/api/uploads", "") ?? "";
}

const goOn = (path: string, offset: number, body: BodyInit, as = ADMINISTRATOR) =>
  send("PATCH", path, {
    as,
    headers: { "upload-offset": String(offset), "content-type": "application/offset+octet-stream" },
    body,
  });

const offsetOf = async (path: string) => (await send("HEAD", path)).headers.get("upload-offset");
const digestOf = (bytes: Uint8Array) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const artifactOf = async (path: string) => JSON.parse((await send("GET", path)).text);

const folder = () => join(rest.container.config.artifactDir, "resumable");

/** A connection that breaks once these bytes of an upload have arrived. */
const breakingOff = (path: string, bytes: Uint8Array) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
    },
    async pull(controller) {
      await expect.poll(async () => (await stat(join(folder(), path))).size).toBe(bytes.length);
      controller.error(new Error("the connection broke"));
    },
  });

test("an upload whose connection broke goes on where it was, and becomes the artifact of all its bytes", async () => {
  const bytes = randomBytes(300_000);
  const path = await begin(bytes.length);
  expect(await artifactOf(path)).toMatchObject({ code: "invalid", detail: expect.stringContaining("0 of 300000") });
  await goOn(path, 0, breakingOff(path, bytes.subarray(0, 100_000)));
  const offset = Number(await offsetOf(path));
  expect(offset).toBe(100_000);
  const last = await goOn(path, offset, bytes.subarray(offset));
  expect(last).toMatchObject({ status: 204, text: "" });
  expect(last.headers.get("x-slipway-digest")).toBe(digestOf(bytes));

  expect(await artifactOf(path)).toEqual({ digest: digestOf(bytes), sizeBytes: bytes.length });
  expect(await offsetOf(path)).toBe(String(bytes.length));
  const stored = await rest.container.services.artifacts.find(digestOf(bytes));
  expect(await readFile(stored?.path ?? "")).toEqual(bytes);
  const { items } = (await rest.call("GET", "/audit?limit=200")).body;
  const told = items.filter((entry: { subject: { id: string } }) => entry.subject.id === digestOf(bytes));
  expect(told.map(({ action }: { action: string }) => action)).toEqual(["artifact.put"]);
});

test("a piece that does not begin where the last one ended is refused, and changes nothing", async () => {
  const path = await begin(10);
  await goOn(path, 0, "12345");
  expect((await goOn(path, 0, "12345")).status).toBe(409);
  expect((await goOn(path, 7, "890")).status).toBe(409);
  expect(await offsetOf(path)).toBe("5");
});

test("a whole upload that nobody was told of is made an artifact by the next who asks, once", async () => {
  const bytes = randomBytes(5_000);
  const path = await begin(bytes.length);
  // As if the process had been killed between the last byte and the answer.
  const { pieces } = rest.container.services.resumableUploads;
  await pieces.write(Readable.from([bytes]), path.slice(1), 0);
  const { artifacts } = rest.container.services;
  const received = vi.spyOn(artifacts, "receive");
  const answers = await Promise.all([artifactOf(path), artifactOf(path), artifactOf(path)]);
  expect(answers.map(({ digest }) => digest)).toEqual([digestOf(bytes), digestOf(bytes), digestOf(bytes)]);
  expect(received).toHaveBeenCalledTimes(1);
  received.mockRestore();
});

test("only who began an upload sees it, goes on with it or gives it up", async () => {
  const path = await begin(10, { headers: { "upload-metadata": `slipway-owner ${btoa("somebody")}` } });
  const scientist = { authorization: `Bearer ${await rest.tokenFor("scientist")}` };
  const asScientist = [
    send("HEAD", path, { as: scientist }),
    send("GET", path, { as: scientist }),
    send("DELETE", path, { as: scientist }),
    goOn(path, 0, "0123456789", scientist),
  ];
  expect((await Promise.all(asScientist)).map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  expect(await offsetOf(path)).toBe("0");
  expect((await send("DELETE", path)).status).toBe(204);
  expect((await send("HEAD", path)).status).toBe(404);
});

test("what a sender claims of an upload makes it no artifact", async () => {
  const digest = digestOf(new Uint8Array([1]));
  const path = await begin(10, { headers: { "upload-metadata": `slipway-digest ${btoa(digest)}` } });
  expect(await offsetOf(path)).toBe("0");
  expect(await artifactOf(path)).toMatchObject({ code: "invalid" });
});

test("whoever may not send a file begins no upload, by token as by cookie, and no page of another site does", async () => {
  const length = { "upload-length": "10" };
  const viewer = { authorization: `Bearer ${await rest.tokenFor("viewer")}` };
  expect((await send("POST", "", { as: {}, headers: length })).status).toBe(401);
  expect(await send("POST", "", { as: viewer, headers: length })).toMatchObject({
    status: 403,
    text: expect.stringContaining('"code":"forbidden"'),
  });
  const { cookie } = await signedIn(rest.container, "scientist");
  const elsewhere = { cookie, "sec-fetch-site": "cross-site" };
  expect((await send("POST", "", { as: elsewhere, headers: length })).status).toBe(403);
  await begin(10, { as: { cookie, ...OWN_PAGE } });
});

test("a file that is too large or empty is refused with the reason, and other addresses are none", async () => {
  const large = await send("POST", "", { headers: { "upload-length": "1000001" } });
  expect([large.status, JSON.parse(large.text)]).toMatchObject([413, { code: "payload_too_large" }]);
  const empty = await send("POST", "", { headers: { "upload-length": "0" } });
  expect([empty.status, JSON.parse(empty.text)]).toMatchObject([422, { detail: "The file is empty." }]);
  for (const path of ["/nothing", "/..%2F..%2Fsecret", `/${"0".repeat(32)}`, `/${"0".repeat(32)}.json`])
    for (const method of ["HEAD", "GET", "DELETE"])
      expect({ path, method, status: (await send(method, path)).status }).toMatchObject({
        status: path.length === 33 || method !== "GET" ? 404 : 422,
      });
});

test("what nobody went on with for a day is removed, and nothing younger", async () => {
  const old = await begin(10);
  const young = await begin(10);
  const past = new Date(Date.now() - 25 * 3_600_000);
  const left = "f".repeat(32);
  await writeFile(join(folder(), `${left}.json.new`), "half");
  for (const name of [old.slice(1), `${old.slice(1)}.json`, `${left}.json.new`])
    await utimes(join(folder(), name), past, past);
  expect(await rest.container.services.resumableUploads.sweep()).toBe(2);
  expect((await send("HEAD", old)).status).toBe(404);
  expect(await offsetOf(young)).toBe("0");
  const ids = new Set((await readdir(folder())).map((name) => name.slice(0, 32)));
  expect([ids.has(old.slice(1)), ids.has(left)]).toEqual([false, false]);
});
