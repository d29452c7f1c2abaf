import { expect, test, vi } from "vitest";
import type { Acks } from "#domain/traffic/wire.ts";
import { startAcknowledger } from "./acknowledge.ts";

function aLease() {
  const written: Acks[] = [];
  const underWay: { acks: Acks; succeed(): void; fail(): void }[] = [];
  let most = 0;
  let now: Acks = {};
  const errors: unknown[] = [];
  const acknowledger = startAcknowledger({
    acks: () => now,
    persisted: async () => {},
    write: (acks) =>
      new Promise((resolve, reject) => {
        const entry = {
          acks,
          succeed() {
            underWay.splice(underWay.indexOf(entry), 1);
            written.push(acks);
            resolve();
          },
          fail() {
            underWay.splice(underWay.indexOf(entry), 1);
            reject(new Error("no"));
          },
        };
        underWay.push(entry);
        most = Math.max(most, underWay.length);
      }),
    onError: (error) => errors.push(error),
  });
  return {
    written,
    errors,
    most: () => most,
    swap(acks: Acks) {
      now = acks;
      acknowledger.changed();
    },
    next: () => vi.waitUntil(() => underWay[0], { interval: 1, timeout: 20_000 }),
    stop: acknowledger.stop,
  };
}

test("swaps of one turn become one write; those during a write become the next one", async () => {
  const lease = aLease();
  lease.swap({ a: 1 });
  lease.swap({ a: 1, b: 4 });
  const first = await lease.next();
  expect(first.acks).toEqual({ a: 1, b: 4 });
  for (const number of [2, 3, 4]) lease.swap({ a: number, b: 4 });
  first.succeed();
  (await lease.next()).succeed();
  await vi.waitUntil(() => lease.written.length === 2, { interval: 1, timeout: 20_000 });
  expect(lease.written).toEqual([
    { a: 1, b: 4 },
    { a: 4, b: 4 },
  ]);
  expect(lease.most()).toBe(1);
});

test("a write is tried until it succeeds, with what is in force by then", async () => {
  const lease = aLease();
  lease.swap({ a: 1 });
  (await lease.next()).fail();
  lease.swap({ a: 2 });
  (await lease.next()).fail();
  (await lease.next()).succeed();
  await vi.waitUntil(() => lease.written.length === 1, { interval: 1, timeout: 20_000 });
  expect([lease.written, lease.errors.length]).toEqual([[{ a: 2 }], 2]);
});
