import { appendFileSync, mkdtempSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { LogRequest } from "../store/log-source.ts";
import { watchLog } from "./log-times.ts";
import { createLogSource } from "./logs.ts";

let folder: string;
let stopWatching: () => void;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-logs-"));
  appendFileSync(join(folder, "log"), "");
  stopWatching = () => undefined;
});
afterEach(() => {
  stopWatching();
  rmSync(folder, { recursive: true });
});

const write = (text: string) => appendFileSync(join(folder, "log"), text);
const request = (change: Partial<LogRequest>): LogRequest => ({
  namespace: "n",
  pod: "p",
  container: "c",
  follow: false,
  previous: false,
  timestamps: false,
  ...change,
});
const source = (over: Promise<void> = Promise.resolve()) =>
  createLogSource(() => ({ folder, waiting: undefined, ended: () => over }));
const read = async (change: Partial<LogRequest>): Promise<string> => {
  const chunks: string[] = [];
  for await (const chunk of source().read(request(change), new AbortController().signal)) chunks.push(String(chunk));
  return chunks.join("");
};

it("gives the last lines, at most so many bytes, only since a time", async () => {
  write("one\ntwo\nthree\nfour");
  expect(await read({})).toBe("one\ntwo\nthree\nfour");
  expect(await read({ tailLines: 2 })).toBe("three\nfour");
  expect(await read({ tailLines: 0 })).toBe("");
  expect(await read({ limitBytes: 6 })).toBe("one\ntw");
  expect(await read({ sinceTime: "2099-01-01T00:00:00Z" })).toBe("");
});

it("dates no line before the one above it, though the file's clock lags behind ours", async () => {
  write("noted\nnot yet noted\n");
  appendFileSync(join(folder, "times"), "6 1700000000500\n");
  utimesSync(join(folder, "log"), 1_700_000_000.4, 1_700_000_000.4);
  const lines = (await read({ timestamps: true })).trimEnd().split("\n");
  expect(lines.map((line) => Date.parse(line.split(" ")[0] ?? ""))).toEqual([1_700_000_000_500, 1_700_000_000_500]);
});

it("keeps a log bounded: one older part, and what follows it reads on through the change", async () => {
  stopWatching = watchLog(folder, 1000);
  const over = Promise.withResolvers<void>();
  const seen: string[] = [];
  const following = (async () => {
    const signal = new AbortController().signal;
    for await (const line of source(over.promise).read(request({ follow: true }), signal)) {
      seen.push(String(line).trim());
      if (seen.length === 50) write(`${Array.from({ length: 10 }, (_, i) => `late ${i}`).join("\n")}\n`);
      if (seen.length === 60) over.resolve();
    }
  })();
  write(`${Array.from({ length: 50 }, (_, i) => `early line number ${i}`).join("\n")}\n`);
  await following;
  expect(seen).toHaveLength(60);
  await expect.poll(() => statSync(join(folder, "log.1"), { throwIfNoEntry: false })?.size).toBeGreaterThan(1000);
  expect(statSync(join(folder, "log")).size).toBeLessThan(1000);
  expect((await read({})).split("\n").filter(Boolean)).toEqual(seen);
});

it("says 400 in a kubelet's words when there is no such run", async () => {
  const nothing = createLogSource(({ container }) =>
    container === "c" ? { folder: undefined, waiting: "ContainerCreating", ended: () => Promise.resolve() } : undefined,
  );
  const first = (change: Partial<LogRequest>) =>
    nothing.read(request(change), new AbortController().signal)[Symbol.asyncIterator]().next();
  await expect(first({})).rejects.toMatchObject({
    code: 400,
    message: 'container "c" in pod "p" is waiting to start: ContainerCreating',
  });
  await expect(first({ previous: true })).rejects.toThrow('previous terminated container "c" in pod "p" not found');
  await expect(first({ container: "z" })).rejects.toThrow("container z is not valid for pod p");
});
