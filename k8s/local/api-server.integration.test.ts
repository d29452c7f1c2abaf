import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ApiServer, type ApiServerOptions, startApiServer } from "./api-server.ts";
import { CONFLICT, everySecond, once as onNext, RESET, SERVER_ERROR } from "./http/faults.ts";
import { createStore } from "./store/store.ts";

let folder: string;
let open: ApiServer[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "api-server-"));
  open = [];
});
afterEach(async () => {
  for (const server of open) await server.close();
  rmSync(folder, { recursive: true });
});

const start = async (options: Partial<ApiServerOptions> = {}) => {
  const server = await startApiServer({
    dataDir: join(folder, "data"),
    kubeconfigPath: join(folder, "kubeconfig"),
    ...options,
  });
  open.push(server);
  return server;
};
const stop = async (server: ApiServer) => {
  open = open.filter((entry) => entry !== server);
  await server.close();
};
const send = async (server: ApiServer, method: string, path: string, body?: object) => {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const sent = request(new URL(path, server.url), {
    method,
    ca: server.caPem,
    agent: false,
    headers: {
      authorization: `Bearer ${server.adminToken}`,
      ...(text && { "content-type": "application/json", "content-length": text.length }),
    },
  });
  sent.end(text);
  const [response] = await once(sent, "response");
  const lines = createInterface({ input: response })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    return done ? undefined : JSON.parse(value);
  };
  return { status: response.statusCode as number, next, close: () => sent.destroy() };
};
const MAPS = "/api/v1/namespaces/default/configmaps";
const map = (name: string, x = "1") => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { x } });
const statusOf = async (server: ApiServer, method: string, path: string, body?: object) => {
  const answer = await send(server, method, path, body);
  answer.close();
  return answer.status;
};

describe("the API server", () => {
  it("keeps objects, certificate and tokens over a restart, and watchers of then go on", async () => {
    const first = await start();
    const token = first.tokenForServiceAccount("default", "default");
    expect(await statusOf(first, "POST", MAPS, map("a"))).toBe(201);
    const version = first.store.currentVersion();
    expect(await statusOf(first, "POST", MAPS, map("b"))).toBe(201);
    await stop(first);
    const second = await start();
    expect(second.caPem).toBe(first.caPem);
    expect(second.adminToken).toBe(first.adminToken);
    expect(second.tokenForServiceAccount("default", "default")).toBe(token);
    const watch = await send(second, "GET", `${MAPS}?watch=true&resourceVersion=${version}`);
    expect(await watch.next()).toMatchObject({ type: "ADDED", object: { metadata: { name: "b" } } });
    watch.close();
    expect(statSync(join(folder, "kubeconfig")).mode & 0o777).toBe(0o600);
  });

  it("loses nothing it answered to kill -9, and drops the line that was being written", async () => {
    const program = `
      import { createStore } from ${JSON.stringify(join(import.meta.dirname, "store/store.ts"))};
      const store = createStore({ dataDir: ${JSON.stringify(folder)} });
      for (let i = 0; ; i++) {
        store.create("configmaps", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "m" + i, namespace: "default" } });
        process.stdout.write(i + "\\n");
        if (i % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
      }`;
    const child = spawn("node", ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    let answered = -1;
    const ended = once(child, "exit");
    for await (const line of createInterface({ input: child.stdout })) {
      answered = Number(line);
      if (answered === 500) child.kill("SIGKILL");
    }
    await ended;
    appendFileSync(join(folder, "store.jsonl"), '{"op":"put","r":"configmaps","o":{"kind":"Conf');
    const store = createStore({ dataDir: folder });
    for (let i = 0; i <= answered; i++) expect(store.get("configmaps", "default", `m${i}`)).toBeDefined();
    const made = store.create("configmaps", { ...map("after"), metadata: { name: "after", namespace: "default" } });
    store.close();
    const again = createStore({ dataDir: folder });
    expect(again.get("configmaps", "default", "after")).toEqual(made);
    again.close();
  });

  it("starts on a file with damaged lines: keeps every whole one, says what it left out, and reuses no version", () => {
    const path = join(folder, "store.jsonl");
    const store = createStore({ dataDir: folder });
    for (const name of ["a", "b", "c"])
      store.create("configmaps", { ...map(name), metadata: { name, namespace: "default" } });
    const before = store.currentVersion();
    store.close();
    const found = readFileSync(path, "utf8");
    const lines = found.split("\n");
    const damaged = lines
      .map((line) => (line.includes('"name":"b"') ? `${"\0".repeat(40)}${line.slice(40)}` : line))
      .join("\n");
    writeFileSync(path, damaged);
    const said: string[] = [];
    const again = createStore({ dataDir: folder, onDamage: (sentence) => said.push(sentence) });
    expect(again.list("configmaps", "default").map((object) => object.metadata.name)).toEqual(
      expect.arrayContaining(["a", "c"]),
    );
    expect(again.get("configmaps", "default", "b")).toBeUndefined();
    expect(said).toEqual([expect.stringContaining("1 lines")]);
    expect(readFileSync(`${path}.damaged`, "utf8")).toBe(damaged);
    expect(again.currentVersion()).toBeGreaterThan(before);
    expect(() => again.eventsSince(before)).toThrow("too old resource version");
    again.close();
    const third = createStore({ dataDir: folder, onDamage: (sentence) => said.push(sentence) });
    expect(said).toHaveLength(1);
    expect(third.get("configmaps", "default", "c")).toBeDefined();
    third.close();
  });

  it("reuses no version though the line is lost that ended the file's snapshot", () => {
    const path = join(folder, "store.jsonl");
    const put = (name: string, resourceVersion: string) =>
      JSON.stringify({
        op: "put",
        r: "configmaps",
        o: {
          kind: "ConfigMap",
          apiVersion: "v1",
          metadata: { name, namespace: "default", uid: name, resourceVersion },
        },
      });
    const lines = [JSON.stringify({ op: "snapshot", rv: 7 }), put("a", "3"), "\0".repeat(14), put("b", "5000")];
    writeFileSync(path, `${lines.join("\n")}\n`);
    const store = createStore({ dataDir: folder, onDamage: () => {} });
    expect(store.get("configmaps", "default", "b")).toBeDefined();
    expect(store.currentVersion()).toBeGreaterThanOrEqual(5000);
    store.close();
  });

  it("does not let its file grow with every write, and reads the shortened one", () => {
    const store = createStore({ dataDir: folder });
    const kept = store.create("configmaps", { ...map("kept"), metadata: { name: "kept", namespace: "default" } });
    let object = store.create("configmaps", { ...map("busy"), metadata: { name: "busy", namespace: "default" } });
    for (let i = 0; i < 400; i++)
      object = store.update("configmaps", { ...object, data: { x: `${i}${"y".repeat(100_000)}` } });
    store.close();
    expect(statSync(join(folder, "store.jsonl")).size).toBeLessThan(20_000_000);
    const again = createStore({ dataDir: folder });
    expect(again.get("configmaps", "default", "busy")).toEqual(object);
    expect(again.get("configmaps", "default", "kept")).toEqual(kept);
    expect(again.currentVersion()).toBe(Number(object.metadata.resourceVersion));
    again.close();
  });

  it("tells of every write though it has no room to shorten its file, and shortens it later", () => {
    const path = join(folder, "store.jsonl");
    mkdirSync(`${path}.new`);
    const store = createStore({ dataDir: folder });
    let told = 0;
    store.subscribe(() => {
      told += 1;
    });
    const body = { ...map("big"), metadata: { name: "big", namespace: "default" } };
    const write = (x: string) => {
      const data = { x: x.repeat(1 << 20) };
      const current = store.get("configmaps", "default", "big");
      if (current) store.update("configmaps", { ...current, data });
      else store.create("configmaps", { ...body, data });
    };
    for (let i = 0; i < 20; i++) write("ab"[i % 2] ?? "");
    expect(told).toBe(20);
    rmdirSync(`${path}.new`);
    for (let i = 0; i < 40; i++) write("ab"[i % 2] ?? "");
    store.close();
    expect(told).toBe(60);
    expect(statSync(path).size).toBeLessThan(40 << 20);
    const again = createStore({ dataDir: folder });
    expect(again.get("configmaps", "default", "big")?.data?.x?.[0]).toBe("b");
    again.close();
  });

  it("answers a watch that begins too far back with one ERROR event, 410", async () => {
    const server = await start({ historyLimit: 5 });
    for (let i = 0; i < 20; i++) expect(await statusOf(server, "POST", MAPS, map(`m${i}`))).toBe(201);
    const watch = await send(server, "GET", `${MAPS}?watch=true&resourceVersion=1`);
    expect(watch.status).toBe(200);
    expect(await watch.next()).toMatchObject({ type: "ERROR", object: { code: 410, reason: "Expired" } });
    expect(await watch.next()).toBeUndefined();
  });

  it("sends bookmarks to who allows them", async () => {
    const server = await start({ bookmarkIntervalMs: 20 });
    const watch = await send(
      server,
      "GET",
      `${MAPS}?watch=true&allowWatchBookmarks=true&resourceVersion=${server.store.currentVersion()}`,
    );
    expect(await watch.next()).toMatchObject({ type: "BOOKMARK", object: { kind: "ConfigMap" } });
    watch.close();
  });

  it("breaks on purpose only where a test says so", async () => {
    const server = await start();
    const calm = server.faults.add(everySecond(({ verb }) => verb === "create", CONFLICT));
    expect(await statusOf(server, "POST", MAPS, map("a"))).toBe(201);
    expect(await statusOf(server, "POST", MAPS, map("b"))).toBe(409);
    calm();
    expect(await statusOf(server, "POST", MAPS, map("b"))).toBe(201);
    server.faults.add(onNext(({ verb, resource }) => verb === "watch" && resource === "pods", SERVER_ERROR));
    expect(await statusOf(server, "GET", `${MAPS}?watch=true`)).toBe(200);
    expect(await statusOf(server, "GET", "/api/v1/pods?watch=true")).toBe(500);
    expect(await statusOf(server, "GET", "/api/v1/pods?watch=true")).toBe(200);
    server.faults.add(onNext(({ verb }) => verb === "list", RESET));
    await expect(statusOf(server, "GET", MAPS)).rejects.toThrow();
    expect(await statusOf(server, "GET", MAPS)).toBe(200);
  });

  it("refuses a port that is taken before it touches the data", async () => {
    const server = await start();
    const before = readFileSync(join(folder, "data/store.jsonl"), "utf8");
    const { port } = new URL(server.url);
    await expect(startApiServer({ dataDir: join(folder, "data"), port: Number(port) })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
    expect(readFileSync(join(folder, "data/store.jsonl"), "utf8")).toBe(before);
  });

  it("ends watches whose time is over while objects change, and goes on", async () => {
    const server = await start();
    const watches = await Promise.all(
      Array.from({ length: 100 }, () => send(server, "GET", `${MAPS}?watch=true&timeoutSeconds=1`)),
    );
    // As the cluster's own controllers write: by timers, so also between a watch's end and its reader's leaving.
    let count = 0;
    const writer = setInterval(() => {
      const metadata = { name: `changing-${count++}`, namespace: "default" };
      server.store.create("configmaps", { ...map(""), metadata });
    }, 1);
    const toItsEnd = async ({ next }: { next(): Promise<unknown> }) => {
      while ((await next()) !== undefined);
    };
    await Promise.all(watches.map(toItsEnd));
    clearInterval(writer);
    expect(await statusOf(server, "GET", MAPS)).toBe(200);
  });
});
