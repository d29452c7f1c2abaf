import { expect, test } from "vitest";
import { networkOf } from "./network.ts";

test.each([
  ["2001:db8:0:1::5", "2001:db8:0:1::/64"],
  ["2001:0DB8::1:ffff:0:0:9", "2001:db8:0:1::/64"],
  ["2001:db8:0:2::5", "2001:db8:0:2::/64"],
  ["2001:db8::", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["1:2:3:4:5:6:7:8", "1:2:3:4::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
])("of %s the network counts: %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each(["192.0.2.7", "unknown", "not an address", "2001:db8:0:1::5:6:7:8:9", ""])(
  "%j stands for itself",
  (address) => {
    expect(networkOf(address)).toBe(address);
  },
);

test("IPv4 addresses that come as IPv6 are told apart", () => {
  expect(networkOf("::ffff:192.0.2.7")).not.toBe(networkOf("::ffff:192.0.2.8"));
});
