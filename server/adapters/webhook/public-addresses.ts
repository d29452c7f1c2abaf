import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** What a request of ours may not reach unless somebody allowed it: loopback, private, link-local, and what is no host. */
const INTERNAL = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const)
  INTERNAL.addSubnet(net, bits, "ipv4");
for (const [net, bits] of [
  // What holds an IPv4 address: IPv4-compatible (loopback is one), NAT64, Teredo, 6to4.
  ["::", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2001::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const)
  INTERNAL.addSubnet(net, bits, "ipv6");

/** IPv4 addresses written as IPv6 ones are the same hosts. */
export function isPublicAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return isPublicAddress(mapped);
  const family = isIP(address);
  if (family === 0 || /^::ffff:/i.test(address)) return false;
  return !INTERNAL.check(address, family === 6 ? "ipv6" : "ipv4");
}

export class InternalAddressError extends Error {
  override readonly name = "InternalAddressError";
  constructor(host: string) {
    super(`${host} is an address inside the network, which is not called unless SLIPWAY_WEBHOOK_ALLOW_PRIVATE is set`);
  }
}

/**
 * Resolves a name for the very connection that is made, and fails when any of its addresses is internal: a name that
 * was checked earlier may point elsewhere by now.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, "", 0);
    const [first] = addresses;
    if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))
      return callback(new InternalAddressError(hostname), "", 0);
    if (options.all) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};
