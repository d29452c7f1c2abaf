import { isIPv6 } from "node:net";

/** Whom an address belongs to, as far as it can be told: of IPv6 everybody has 2^64 of their own, so the /64 counts. */
export function networkOf(address: string): string {
  const [bare = ""] = address.split("%");
  if (!isIPv6(bare)) return address;
  // Lower case, without leading zeros, the longest run of zeros left out.
  const canonical = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  if (canonical.startsWith("::ffff:")) return canonical;
  const [head = [], tail = []] = canonical.split("::").map((groups) => groups.split(":").filter((one) => one !== ""));
  const zeros = Array<string>(8 - head.length - tail.length).fill("0");
  return `${[...head, ...zeros, ...tail].slice(0, 4).join(":")}::/64`;
}
