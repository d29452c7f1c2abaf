// Where a machine of a cloud tells whoever asks who it is: never a cluster, though private networks often are one.
// Azure's and Alibaba's lie outside the link-local range.
const REFUSED_V4 = /^(169\.254\.\d+\.\d+|100\.100\.100\.200|168\.63\.129\.16|0\.\d+\.\d+\.\d+)$/;
// Link-local, EC2's own, unspecified.
const REFUSED_V6 = /^(fe[89ab][0-9a-f]:.*|fd00:ec2::254|::)$/;
// IPv4 written as IPv6: mapped (::ffff:a.b.c.d), compatible (::a.b.c.d) and NAT64 (64:ff9b::a.b.c.d), in hexadecimal halves.
const EMBEDDED = /^(?:::ffff:|::|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/** `host` as `URL.hostname` has it, so every way to write an address is one: `[fe80::1]`, `169.254.169.254`, a name. */
export function isRefusedHost(host: string): boolean {
  if (!host.startsWith("[")) return REFUSED_V4.test(host);
  const address = host.slice(1, -1);
  const [, high, low] = EMBEDDED.exec(address) ?? [];
  if (high === undefined || low === undefined) return REFUSED_V6.test(address);
  const bytes = [high, low].flatMap((half) => [Number.parseInt(half, 16) >> 8, Number.parseInt(half, 16) & 0xff]);
  return REFUSED_V4.test(bytes.join("."));
}

/** The same of what a name was resolved to, such as `fe80::1%eth0`. */
export function isRefusedAddress(address: string): boolean {
  const [plain = ""] = address.split("%");
  const host = URL.parse(plain.includes(":") ? `https://[${plain}]` : `https://${plain}`)?.hostname;
  return host === undefined || isRefusedHost(host);
}
