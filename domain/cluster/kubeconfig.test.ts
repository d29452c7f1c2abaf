import { expect, test } from "vitest";
import { readKubeconfig } from "./kubeconfig.ts";

const CLUSTER = { server: "https://10.0.0.1:6443", "certificate-authority-data": "Y2E=" };
const USER = { token: "s3cr3t-token" };
type Parts = { cluster?: object; user?: object; context?: object };
const file = ({ cluster = CLUSTER, user = USER, context = {} }: Parts = {}) => ({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "c", cluster }],
  users: [{ name: "u", user }],
  contexts: [{ name: "one", context: { cluster: "c", user: "u", ...context } }],
  "current-context": "one",
});
const said = (document: unknown, context?: string) => {
  const reading = readKubeconfig(document, context);
  return reading.kind === "refused" ? reading.errors.map(({ message }) => message).join("; ") : reading.kind;
};

test("server, inline CA and inline token or client certificate are taken, and nothing else is kept", () => {
  const context = { namespace: "models", extensions: [] };
  expect(readKubeconfig(file({ context, cluster: { ...CLUSTER, extensions: [{}] } }), undefined)).toEqual({
    kind: "access",
    context: "one",
    access: { server: CLUSTER.server, certificateAuthority: "Y2E=", token: "s3cr3t-token" },
  });
  const user = { "client-certificate-data": "Y2VydA==", "client-key-data": "a2V5" };
  expect(readKubeconfig(file({ user }), "one")).toMatchObject({ access: { certificate: "Y2VydA==", key: "a2V5" } });
});

test.each([
  ["cluster", "certificate-authority", "/etc/ca.crt"],
  ["cluster", "proxy-url", "http://10.0.0.9:3128"],
  ["cluster", "insecure-skip-tls-verify", true],
  ["cluster", "insecure-skip-tls-verify", false],
  ["cluster", "tls-server-name", "elsewhere"],
  ["user", "exec", { command: "sh", args: ["-c", "id"] }],
  ["user", "auth-provider", { name: "gcp" }],
  ["user", "client-certificate", "/etc/passwd"],
  ["user", "client-key", "/root/.ssh/id_rsa"],
  ["user", "tokenFile", "/etc/shadow"],
  ["user", "username", "admin"],
  ["user", "password", "admin"],
  ["user", "as", "system:admin"],
  ["user", "something-new", "x"],
])("%s.%s is refused by its name, and its value is not repeated", (where, field, value) => {
  const before = where === "cluster" ? CLUSTER : USER;
  const words = said(file({ [where]: { ...before, [field]: value } }));
  expect(words).toContain(field);
  expect(words).not.toContain("s3cr3t");
  if (typeof value === "string" && value.length > 3 && value !== "admin") expect(words).not.toContain(value);
});

test("addresses that are no cluster's are refused", () => {
  for (const server of [
    "http://10.0.0.1",
    "https://169.254.169.254/",
    "https://[fd00:ec2::254]:443",
    "https://user:pass@10.0.0.1",
    "https://10.0.0.1/?a=b",
    "file:///etc/passwd",
    "nonsense",
    7,
    undefined,
  ])
    expect(said(file({ cluster: { ...CLUSTER, server } }))).toMatch(/^server /);
});

test("of many contexts one is chosen by name, and what stands in the others does not matter", () => {
  const many = file();
  many.users.push({ name: "v", user: { exec: { command: "sh" } } as never });
  many.contexts.push({ name: "two", context: { cluster: "c", user: "v" } });
  expect(readKubeconfig(many, undefined)).toEqual({ kind: "choose", contexts: ["one", "two"] });
  expect(readKubeconfig(many, "three")).toEqual({ kind: "choose", contexts: ["one", "two"] });
  expect(readKubeconfig(many, "one")).toMatchObject({ kind: "access", context: "one" });
  expect(said(many, "two")).toContain("exec");
});

test("what is half there, twice there or no kubeconfig says so", () => {
  for (const document of [null, 3, "text", [], { clusters: 1 }, { kind: "Secret", contexts: [] }, {}])
    expect(readKubeconfig(document, undefined).kind).toBe("refused");
  expect(said(file({ user: {} }))).toContain("neither a token");
  expect(said(file({ user: { "client-key-data": "a2V5" } }))).toContain("belong together");
  expect(said(file({ user: { token: "two words" } }))).toContain("token");
  expect(said(file({ user: { token: "" } }))).toContain("token");
  expect(said(file({ cluster: { ...CLUSTER, "certificate-authority-data": "***" } }))).toBe(
    "certificate-authority-data is not base64",
  );
  const twice = file();
  twice.users.push({ name: "u", user: USER });
  expect(said(twice)).toContain("exactly one user");
  expect(said({ ...file(), contexts: [{ name: "one" }] })).toContain("does not name a cluster");
});
