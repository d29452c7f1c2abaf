import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../whole-file.ts";

const toNumber = (address: string): number => address.split(".").reduce((total, part) => total * 256 + Number(part), 0);
const toAddress = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");

/** IPv4 addresses some process listens on: another cluster on this machine may use the same range. */
const listeningAddresses = (): Set<string> => {
  const found = new Set<string>();
  for (const line of readFileSync("/proc/net/tcp", "utf8").split("\n").slice(1)) {
    const [, local, , state] = line.trim().split(/\s+/);
    if (state !== "0A" || local === undefined) continue;
    const hex = local.slice(0, 8);
    found.add([6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join("."));
  }
  return found;
};

/** The table of sockets takes milliseconds to read, and other clusters come and go slowly. */
const LISTENING_MAX_AGE_MS = 5000;

const recently = <T>(read: () => T): (() => T) => {
  let last: { value: T; atMs: number } | undefined;
  return () => {
    if (last === undefined || performance.now() - last.atMs > LISTENING_MAX_AGE_MS)
      last = { value: read(), atMs: performance.now() };
    return last.value;
  };
};

export type Addresses = {
  /** Throws when the range is full. */
  take(): string;
  /** Marks an address that a pod of an earlier life holds. */
  hold(address: string): void;
  release(address: string): void;
};

/**
 * Pod addresses out of `cidr` (inside 127.0.0.0/8), in turn, so that one is used again only after all others.
 * `seed` spreads the first address of clusters that share a range.
 */
export const createAddresses = (cidr: string, seed: string): Addresses => {
  const [base = "", bits = ""] = cidr.split("/");
  const size = 2 ** (32 - Number(bits));
  if (!base.startsWith("127.") || !(size >= 8))
    throw new Error(`pod range ${cidr} must be inside 127.0.0.0/8, /29 or larger`);
  const first = Math.floor(toNumber(base) / size) * size;
  const held = new Set<string>();
  let next = createHash("sha256").update(seed).digest().readUInt32BE() % size;

  const listeningNow = recently(listeningAddresses);
  const take = () => {
    const listening = listeningNow();
    for (let tried = 0; tried < size; tried++) {
      next = (next + 1) % size;
      const address = toAddress(first + next);
      // Network and broadcast address of the range, and those that read like one.
      if (next === 0 || next === size - 1 || [0, 255].includes((first + next) & 255)) continue;
      if (held.has(address) || listening.has(address)) continue;
      held.add(address);
      return address;
    }
    throw new Error(`no free pod address in ${cidr}`);
  };
  return { take, hold: (address) => held.add(address), release: (address) => held.delete(address) };
};

const addressFile = (podFolder: string): string => join(podFolder, "ip");

/** The address a pod had when its folder was last used; undefined for a new one. */
export const savedAddress = (podFolder: string): string | undefined =>
  existsSync(addressFile(podFolder)) ? readFileSync(addressFile(podFolder), "utf8").trim() || undefined : undefined;

export const saveAddress = (podFolder: string, address: string): void => writeWhole(addressFile(podFolder), address);

/** Holds the addresses of all pods on disk, before a new pod may take one of them. */
export const holdSaved = (podsDir: string, addresses: Addresses): void => {
  for (const uid of readdirSync(podsDir)) {
    const address = savedAddress(join(podsDir, uid));
    if (address !== undefined) addresses.hold(address);
  }
};
