import { BUCKETS, type PlanWireEntry } from "#domain/traffic/wire.ts";

const utf8 = new TextEncoder();

const rotl = (x: number, r: number) => (x << r) | (x >>> (32 - r));

function mixBlock(block: number): number {
  return Math.imul(rotl(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
}

/** MurmurHash3 x86 32-bit (Austin Appleby, public domain), little endian. Returns an unsigned 32-bit integer. */
export function murmur3(bytes: Uint8Array, seed = 0): number {
  const length = bytes.length;
  const at = (index: number) => bytes[index] ?? 0;
  const tail = length & ~3;
  let h = seed | 0;
  for (let i = 0; i < tail; i += 4) {
    h ^= mixBlock(at(i) | (at(i + 1) << 8) | (at(i + 2) << 16) | (at(i + 3) << 24));
    h = (Math.imul(rotl(h, 13), 5) + 0xe6546b64) | 0;
  }
  // Bytes beyond the end read as 0, and a block of zeros mixes to 0: no case per remaining length.
  h ^= mixBlock(at(tail) | (at(tail + 1) << 8) | (at(tail + 2) << 16));
  h ^= length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The bucket, 0 to 9,999, in which a unit stays for as long as the endpoint keeps its salt. */
export function bucketOf(salt: string, unit: string): number {
  return murmur3(utf8.encode(`${salt}\0${unit}`)) % BUCKETS;
}

/** How many of the 10,000 buckets an entry owns: 100 per percent. */
export const shareOf = (entry: Pick<PlanWireEntry, "ranges">): number =>
  entry.ranges.reduce((sum, [from, to]) => sum + to - from, 0);

/** For each bucket the index of the live entry that owns it, -1 where none does. */
export function bucketTable(entries: readonly Pick<PlanWireEntry, "role" | "ranges">[]): Int16Array {
  const table = new Int16Array(BUCKETS).fill(-1);
  entries.forEach((entry, index) => {
    if (entry.role !== "live") return;
    for (const [from, to] of entry.ranges) table.fill(index, from, to);
  });
  return table;
}
