import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketOf, bucketTable, murmur3, shareOf } from "./bucket.ts";
import { BUCKETS } from "./wire.ts";

const hash = (text: string, seed = 0) => murmur3(new TextEncoder().encode(text), seed);

test("the hash is the published murmur3_x86_32", () => {
  expect(hash("")).toBe(0);
  expect(hash("", 1)).toBe(0x514e28b7);
  expect(hash("hello")).toBe(0x248bfa47);
  expect(hash("hello, world")).toBe(0x149bbb7f);
  expect(hash("The quick brown fox jumps over the lazy dog")).toBe(0x2e4ff723);
  expect(murmur3(new Uint8Array([0xff, 0xff, 0xff, 0xff]))).toBe(0x76293b50);
  expect(murmur3(new Uint8Array([0x21, 0x43, 0x65, 0x87]))).toBe(0xf55b516b);
  expect(murmur3(new Uint8Array([0x21, 0x43, 0x65]))).toBe(0x7e4a8634);
  expect(murmur3(new Uint8Array([0x21, 0x43]))).toBe(0xa0f7b07a);
  expect(murmur3(new Uint8Array([0x21]))).toBe(0x72661cf4);
});

test("units are hashed as UTF-8 behind the salt and a zero byte", () => {
  expect(bucketOf("s", "é")).toBe(murmur3(new Uint8Array([0x73, 0, 0xc3, 0xa9])) % BUCKETS);
  expect(bucketOf("s", "😀")).toBe(murmur3(new Uint8Array([0x73, 0, 0xf0, 0x9f, 0x98, 0x80])) % BUCKETS);
  expect(bucketOf("a", "bc")).not.toBe(bucketOf("ab", "c"));
});

test("every unit has one bucket, and a new salt deals the units anew", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (salt, unit) => {
      const bucket = bucketOf(salt, unit);
      expect(bucket).toBe(bucketOf(salt, unit));
      expect(bucket).toBeGreaterThanOrEqual(0);
      expect(bucket).toBeLessThan(BUCKETS);
    }),
  );
  const units = Array.from({ length: 2_000 }, (_, i) => `unit-${i}`);
  const moved = units.filter((unit) => bucketOf("epoch-1", unit) !== bucketOf("epoch-2", unit));
  expect(moved.length).toBeGreaterThan(1_980);
});

test("units fall evenly: a tenth of the buckets holds a tenth of them within the 99.9 % bounds", () => {
  const units = 20_000;
  let inside = 0;
  for (let i = 0; i < units; i++) if (bucketOf("salt", `user-${i}`) < BUCKETS / 10) inside++;
  expect(Math.abs(inside - units * 0.1)).toBeLessThan(3.29 * Math.sqrt(units * 0.1 * 0.9));
});

test("the table gives each bucket to the live entry that owns it", () => {
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: BUCKETS - 1 }), { maxLength: 8 });
  fc.assert(
    fc.property(cuts, fc.integer({ min: 1, max: 4 }), (points, count) => {
      const edges = [0, ...points.sort((a, b) => a - b), BUCKETS];
      const entries = Array.from({ length: count }, () => ({
        role: "live" as const,
        ranges: [] as [number, number][],
      }));
      edges.slice(0, -1).forEach((from, i) => {
        entries[i % count]?.ranges.push([from, edges[i + 1] ?? BUCKETS]);
      });
      const table = bucketTable(entries);
      entries.forEach((entry, index) => {
        expect(table.filter((owner) => owner === index)).toHaveLength(shareOf(entry));
        for (const [from, to] of entry.ranges) expect([table[from], table[to - 1]]).toEqual([index, index]);
      });
      expect(entries.reduce((sum, entry) => sum + shareOf(entry), 0)).toBe(BUCKETS);
    }),
  );
});

test("a shadow owns no bucket, whatever its ranges say", () => {
  const table = bucketTable([{ role: "shadow", ranges: [[0, BUCKETS]] }]);
  expect(new Set(table)).toEqual(new Set([-1]));
});
