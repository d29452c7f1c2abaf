import { expect, test } from "vitest";
import { KUBECONFIG_LENGTH_MAX } from "#domain/cluster/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { isTooDeep, readAccess } from "./read-access.ts";

const SECRET = "s3cr3t-value";
const yaml = (more = "", user = `{token: ${SECRET}}`) => `
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://10.0.0.1:6443"}}]
users: [{name: u, user: ${user}}]
contexts: [{name: one, context: {cluster: c, user: u}}]
${more}`;

function refusal(text: string, context?: string, what = ""): DomainError {
  try {
    readAccess(text, context);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error(`it was taken: ${what}`);
}

test("YAML and JSON are taken", () => {
  expect(readAccess(yaml(), undefined)).toEqual({ server: "https://10.0.0.1:6443", token: SECRET });
  const json = {
    clusters: [{ name: "c", cluster: { server: "https://c.example" } }],
    users: [{ name: "u", user: { token: "t" } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
  };
  expect(readAccess(JSON.stringify(json), "x")).toMatchObject({ token: "t" });
});

test("what YAML can do beyond plain values is refused without repeating the file", () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x]\n${["b", "c", "d", "e", "f", "g", "h"].map((k, i) => `${k}: &${k} [${Array(8).fill(`*${"abcdefgh"[i]}`).join(",")}]`).join("\n")}`;
  const hostile = {
    "a duplicate key": yaml(`kind: Config`),
    "an alias bomb": yaml(bomb),
    "an anchor alone": yaml(`x: &a 1`),
    "a merge": yaml(`base: &b {token: ${SECRET}}\nx: {<<: *b}`),
    "a merge without alias": yaml(`x: {"<<": {token: ${SECRET}}}`),
    "a tag": yaml(`x: !!js/function "${SECRET}"`),
    "two documents": `${yaml()}\n---\n${yaml()}`,
    "no YAML": `: : ${SECRET} [`,
    "deep nesting": "[".repeat(100_000),
    "deep flow maps": "{a: ".repeat(20_000),
    "deep sequences": "- ".repeat(20_000),
  };
  for (const [what, text] of Object.entries(hostile)) {
    const { code, message } = refusal(text.slice(0, KUBECONFIG_LENGTH_MAX), undefined, what);
    expect({ what, code }).toEqual({ what, code: "invalid" });
    expect(message).not.toContain(SECRET);
  }
});

test("what is nested deeper than any kubeconfig is never given to the parser", () => {
  for (const deep of ["[", "{a: ", "- ", "? "])
    expect({ deep, refused: isTooDeep(deep.repeat(65)) }).toEqual({ deep, refused: true });
  expect(isTooDeep(yaml())).toBe(false);
  expect(isTooDeep("[{}]".repeat(1000))).toBe(false);
});

test("several contexts are listed, for one to be chosen", () => {
  const text = yaml().replace("contexts: [", "contexts: [{name: two, context: {cluster: c, user: u}}, ");
  const { detail, fields } = refusal(text);
  expect(detail).toEqual({ contexts: ["two", "one"] });
  expect(fields).toEqual([{ path: "context", message: expect.stringContaining("two, one") }]);
  expect(readAccess(text, "two")).toMatchObject({ token: SECRET });
});

test("certificates and keys that no connection could use are refused without being quoted", () => {
  const junk = Buffer.from(SECRET).toString("base64");
  const withCa = yaml().replace('6443"', `6443", certificate-authority-data: ${junk}`);
  const withCertificate = yaml("", `{client-certificate-data: ${junk}, client-key-data: ${junk}}`);
  for (const [text, named] of [
    [withCa, "certificate-authority-data"],
    [withCertificate, "client-key-data"],
  ] as const) {
    const { message } = refusal(text);
    expect(message).toContain(named);
    expect(message).not.toContain(SECRET);
    expect(message).not.toContain(junk);
  }
});
