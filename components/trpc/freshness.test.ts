import { expect, test } from "vitest";
import { freshnessAt } from "./freshness.ts";

test("it is live while news come and the worker sees every cluster", () => {
  expect(freshnessAt({ sinceMs: 0, lastMs: 100_000, lagMs: 10_000 }, 104_000)).toEqual({ state: "live" });
});

test("without news it is stale since the last ones, or since it began to listen", () => {
  expect(freshnessAt({ sinceMs: 0, lastMs: 100_000, lagMs: 0 }, 140_000)).toMatchObject({
    state: "stale",
    staleSeconds: 40,
  });
  expect(freshnessAt({ sinceMs: 0, lastMs: null, lagMs: null }, 5_000)).toEqual({ state: "starting" });
  expect(freshnessAt({ sinceMs: 0, lastMs: null, lagMs: null }, 20_000)).toMatchObject({
    state: "stale",
    cause: "silent",
    staleSeconds: 20,
  });
});

test("a worker that does not see a cluster makes it stale since it last did, though news come", () => {
  expect(freshnessAt({ sinceMs: 0, lastMs: 100_000, lagMs: 39_000 }, 101_000)).toMatchObject({
    state: "stale",
    cause: "unseen",
    staleSeconds: 40,
  });
});

test("late news are not held against a worker that saw every cluster when the last ones came", () => {
  const heard = { sinceMs: 0, lastMs: 100_000, lagMs: 17_000 };
  expect(freshnessAt(heard, 109_000)).toEqual({ state: "live" });
  expect(freshnessAt(heard, 112_000)).toMatchObject({ state: "stale", cause: "silent", staleSeconds: 12 });
});
