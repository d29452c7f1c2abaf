import { expect, test } from "vitest";
import { isRefusedAddress, isRefusedHost } from "./refused-hosts.ts";

const hostOf = (url: string) => new URL(url).hostname;

test("metadata and link-local addresses are refused however they are written", () => {
  for (const url of [
    "https://169.254.169.254/",
    "https://169.254.1.2:6443/",
    "https://0xa9fea9fe/",
    "https://2852039166/",
    "https://0251.0376.0251.0376/",
    "https://[::ffff:169.254.169.254]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[64:ff9b::169.254.169.254]/",
    "https://[::169.254.169.254]/",
    "https://[fd00:ec2::254]/",
    "https://[fd00:0ec2:0:0:0:0:0:254]/",
    "https://[fe80::1]/",
    "https://[febf::1]/",
    "https://100.100.100.200/",
    "https://168.63.129.16/",
    "https://0.0.0.0/",
    "https://0/",
    "https://[::]/",
  ])
    expect({ url, refused: isRefusedHost(hostOf(url)) }).toEqual({ url, refused: true });
});

test("clusters on private networks and on this machine are not", () => {
  for (const url of [
    "https://10.0.0.1:6443/",
    "https://192.168.1.10/",
    "https://172.20.0.1/",
    "https://127.0.0.1:16443/",
    "https://[::1]:6443/",
    "https://[fd12:3456::1]/",
    "https://cluster.internal/",
    "https://169.254.169.254.example.com/",
  ])
    expect({ url, refused: isRefusedHost(hostOf(url)) }).toEqual({ url, refused: false });
});

test("what a name resolves to is judged like what is written", () => {
  for (const address of ["169.254.169.254", "fe80::1%eth0", "::ffff:169.254.169.254", "fd00:ec2::254", "nonsense::x"])
    expect({ address, refused: isRefusedAddress(address) }).toEqual({ address, refused: true });
  for (const address of ["10.1.2.3", "127.0.0.1", "::1", "2001:db8::1"]) expect(isRefusedAddress(address)).toBe(false);
});
