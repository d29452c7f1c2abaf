import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ScriptedKube, startScriptedKube } from "#test/support/scripted-kube.ts";
import { connectKube } from "./kube.ts";
import type { Change } from "./replica.ts";
import { type ResourceWatch, type WatchPace, watchResource } from "./watch.ts";

const QUERY = { apiVersion: "v1", kind: "ConfigMap", namespace: "demo", labelSelector: "a=b" };
let server: ScriptedKube;
let watch: ResourceWatch;

beforeEach(async () => {
  server = await startScriptedKube();
});
afterEach(async () => {
  watch.stop();
  await server.close();
});

async function start(pace: Partial<WatchPace> = {}) {
  const kube = await connectKube({ kubeconfig: server.kubeconfig });
  watch = watchResource(kube, QUERY, { backoffMs: 5, ...pace });
  return kube;
}

/** The watch has listed and its connection stands. */
async function running(pace: Partial<WatchPace> = {}) {
  const connected = once(server.seen, "watch");
  const kube = await start(pace);
  await connected;
  return kube;
}

/** The next batch of changes. */
const nextChanges = () =>
  new Promise<readonly Change[]>((resolve) => {
    const off = watch.onChange((changes) => {
      off();
      resolve(changes);
    });
  });
const brief = (changes: readonly Change[]) => changes.map(({ type, key }) => `${type} ${key}`);

test("holds what the list held, then follows additions, changes and removals", async () => {
  server.put("a");
  const first = start().then(() => nextChanges());
  expect(brief(await first)).toEqual(["added demo/a"]);
  expect(watch.fresh()).toMatchObject({ synced: true, error: null });
  if (server.watchers.size === 0) await once(server.seen, "watch");
  for (const [act, expected] of [
    [() => server.put("b"), "added demo/b"],
    [() => server.put("a"), "modified demo/a"],
    [() => server.remove("b"), "deleted demo/b"],
  ] as const) {
    const changes = nextChanges();
    act();
    expect(brief(await changes)).toEqual([expected]);
  }
  expect([...watch.store.keys()]).toEqual(["demo/a"]);
  expect(server.counts).toMatchObject({ list: 1, watch: 1 });
});

test("goes on from the last bookmark, without a list, when the server ends the watch", async () => {
  await running();
  const bookmark = server.bookmark();
  const again = once(server.seen, "watch");
  server.endWatches();
  const [url] = (await again) as [URL];
  expect(url.searchParams.get("resourceVersion")).toBe(bookmark);
  expect(url.searchParams.get("labelSelector")).toBe("a=b");
  expect(server.counts.list).toBe(1);
});

test("lists again after 'too old', reporting what went, changed or was replaced meanwhile", async () => {
  for (const name of ["gone", "changed", "replaced", "same"]) server.put(name);
  await running();
  server.removeUnseen("gone");
  server.putUnseen("changed");
  server.putUnseen("replaced", "another-uid");
  const changes = nextChanges();
  server.send("ERROR", { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" });
  expect(brief(await changes)).toEqual([
    "deleted demo/gone",
    "modified demo/changed",
    "deleted demo/replaced",
    "added demo/replaced",
  ]);
});

const BREAKS: [string, () => void][] = [
  ["a TCP reset in the middle of the stream", () => server.resetConnections()],
  [
    "a watch answered with 500, five times",
    () => {
      for (let i = 0; i < 5; i += 1) {
        server.faults.watch.push((_, response) => server.status(response, 500, { reason: "InternalError" }));
      }
      server.resetConnections();
    },
  ],
  [
    "a failed list and a refused one",
    () => {
      server.faults.list.push(
        (_, response) => server.status(response, 500, { reason: "InternalError" }),
        (_, response) => server.status(response, 403, { reason: "Forbidden", message: "no" }),
      );
      server.resetConnections();
    },
  ],
  [
    "half an event and then a cut",
    () => {
      for (const watcher of server.watchers) watcher.write('{"type":"ADDED","obj', () => watcher.socket?.destroy());
    },
  ],
  [
    "something that is not JSON",
    () => {
      for (const watcher of server.watchers) watcher.write("<html>bad gateway</html>\n");
    },
  ],
];
test.each(BREAKS)("recovers from %s", async (_, breakIt) => {
  await running();
  server.putUnseen("missed");
  const changes = nextChanges();
  breakIt();
  expect(brief(await changes)).toEqual(["added demo/missed"]);
  if (server.watchers.size === 0) await once(server.seen, "watch");
  const next = nextChanges();
  server.put("later");
  expect(brief(await next)).toEqual(["added demo/later"]);
});

test("a server that stops answering is noticed, and until then its copy grows stale", async () => {
  await running({ watchSeconds: 1, graceSeconds: 0 });
  const silentSince = performance.now();
  server.putUnseen("missed");
  const changes = nextChanges();
  expect(brief(await changes)).toEqual(["added demo/missed"]);
  // One to one and a half seconds of silence, rounded up to whole seconds; the server was heard shortly before.
  expect(performance.now() - silentSince).toBeGreaterThan(500);
  expect(performance.now() - silentSince).toBeLessThan(20_000);
  expect(server.counts.list).toBe(2);
});

test("while the API is away the copy stays, says since when it is stale, and why", async () => {
  server.put("kept");
  await running();
  server.faults.list.push(...Array.from({ length: 3 }, () => server.status503));
  server.resetConnections();
  for (let i = 0; i < 3; i += 1) await once(server.seen, "list");
  const { synced, staleMs, error } = watch.fresh();
  expect(synced).toBe(true);
  expect(staleMs).toBeGreaterThan(0);
  expect(error?.code).toBe("unavailable");
  expect([...watch.store.keys()]).toEqual(["demo/kept"]);
  await watch.waitForSync();
  await once(server.seen, "watch");
  expect(watch.fresh().error).toBeNull();
});

test("a server that ends every watch at once is not asked in a busy loop", async () => {
  await start({ backoffMs: 40 });
  server.faults.watch.push(...Array.from({ length: 5 }, () => server.emptyWatch));
  const begun = performance.now();
  for (let i = 0; i < 5; i += 1) await once(server.seen, "watch");
  // 20, 40, 80 and 160 ms at least, between the five.
  expect(performance.now() - begun).toBeGreaterThan(290);
});

test("a relist asked for is begun at once, also while backing off", async () => {
  server.faults.list.push(server.status503);
  await start({ backoffMs: 60_000, backoffMsMax: 60_000 });
  await expect.poll(() => watch.fresh().error).not.toBeNull();
  server.putUnseen("new");
  await watch.relist();
  expect([...watch.store.keys()]).toEqual(["demo/new"]);
});

test("dropped connections are made anew, and the list is taken again", async () => {
  const kube = await running();
  const heard = nextChanges();
  server.put("heard");
  await heard;
  const before = server.counts.connections;
  const relisted = once(server.seen, "list");
  kube.dropConnections();
  await relisted;
  expect(server.counts.connections).toBeGreaterThan(before);
});

test("stop ends the connection and everybody who waits", async () => {
  server.faults.list.push(() => undefined);
  await start();
  await once(server.seen, "list");
  const waiting = watch.waitForSync();
  watch.stop();
  await expect(waiting).rejects.toMatchObject({ code: "unavailable" });
});
