import { expect, it } from "vitest";
import { createAddresses } from "./addresses.ts";
import { timeAt } from "./log-times.ts";
import { eagerDelayMs } from "./probe-loop.ts";
import { createBackoff, durationText, shouldRestart } from "./restart.ts";

it("restarts at once the first time, then waits 10 s doubling to 5 minutes, and forgives a long run", () => {
  const backoff = createBackoff(10_000);
  const delays = Array.from({ length: 8 }, () => backoff.next(1000) / 1000);
  expect(delays).toEqual([0, 10, 20, 40, 80, 160, 300, 300]);
  expect(backoff.next(600_000)).toBe(0);
});

it("restarts by policy; an init container only after a failure", () => {
  expect(shouldRestart("Always", false, 0)).toBe(true);
  expect(shouldRestart("OnFailure", false, 0)).toBe(false);
  expect(shouldRestart("OnFailure", false, 1)).toBe(true);
  expect(shouldRestart("Never", false, 1)).toBe(false);
  expect(shouldRestart("Always", true, 0)).toBe(false);
  expect(shouldRestart("Always", true, 1)).toBe(true);
});

it("writes durations as a kubelet does", () => {
  expect([10_000, 80_000, 300_000].map(durationText)).toEqual(["10s", "1m20s", "5m0s"]);
});

it("asks eagerly at first and ever less often, never beyond the period", () => {
  expect(eagerDelayMs(0, 1000)).toBe(25);
  expect(eagerDelayMs(10_000, 1000)).toBe(500);
  expect(eagerDelayMs(60_000, 1000)).toBe(1000);
});

it("gives each pod an address of its own and comes back to a released one only after all others", () => {
  const addresses = createAddresses("127.213.7.0/28", "seed");
  const taken = Array.from({ length: 13 }, () => addresses.take());
  expect(new Set(taken).size).toBe(13);
  expect(taken.every((address) => address.startsWith("127.213.7."))).toBe(true);
  addresses.release(taken[0] ?? "");
  expect(addresses.take()).not.toBe(taken[0]);
  expect(addresses.take()).toBe(taken[0]);
  expect(() => addresses.take()).toThrow("no free pod address");
});

it("refuses a pod range that is not loopback", () => {
  expect(() => createAddresses("10.0.0.0/16", "seed")).toThrow("127.0.0.0/8");
});

it("dates a line by the first mark beyond it, and by the file when no mark was made", () => {
  const marks = [
    { sizeBytes: 10, atMs: 100 },
    { sizeBytes: 30, atMs: 200 },
  ];
  expect([0, 9, 10, 29, 30].map((offset) => timeAt(marks, offset, 999))).toEqual([100, 100, 200, 200, 999]);
});
