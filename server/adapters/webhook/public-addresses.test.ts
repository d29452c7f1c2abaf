import { expect, test } from "vitest";
import { isPublicAddress } from "./public-addresses.ts";

test.each([
  "127.0.0.1",
  "10.1.2.3",
  "172.31.0.1",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "255.255.255.255",
  "224.0.0.1",
  "::1",
  "::",
  "fd00::1",
  "fe80::1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::7f00:1",
  "64:ff9b::7f00:1",
  "64:ff9b:1::7f00:1",
  "2001:0:7f00:1::",
  "2002:7f00:1::",
  "fec0::1",
  "no address",
])("%s is inside", (address) => expect(isPublicAddress(address)).toBe(false));

test.each(["1.1.1.1", "93.184.216.34", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1"])("%s is public", (address) =>
  expect(isPublicAddress(address)).toBe(true),
);
