import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { isRefusedAddress, isRefusedHost } from "#domain/cluster/refused-hosts.ts";

const refusal = (host: string) => new Error(`${host} is an address of the machine's own network, and no cluster's`);

/** Throws for an address that is written out: no name is looked up for it. */
export function refuseHost(host: string): void {
  if (isRefusedHost(host)) throw refusal(host);
}

/** Looks a name up for the very connection that is made: what it pointed to before says nothing. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, "", 0);
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => isRefusedAddress(address)))
      return callback(refusal(hostname), "", 0);
    if (options.all) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};
