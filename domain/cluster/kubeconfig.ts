import { z } from "zod";
import type { FieldError } from "#domain/shared/errors.ts";
import { type ClusterAccess, clusterAccessSchema } from "./access.ts";

export type KubeconfigReading =
  | Readonly<{ kind: "access"; context: string; access: ClusterAccess }>
  | Readonly<{ kind: "refused"; errors: readonly FieldError[] }>
  /** Several contexts, and none or another one was named. */
  | Readonly<{ kind: "choose"; contexts: readonly string[] }>;

const entries = <Key extends string>(key: Key) =>
  z
    .array(z.looseObject({ name: z.string() }))
    .default([])
    .transform((list) => list.map((entry) => ({ name: entry.name, value: (entry[key] ?? {}) as unknown })));
const documentSchema = z.looseObject({
  kind: z.literal("Config").optional(),
  clusters: entries("cluster"),
  users: entries("user"),
  contexts: entries("context"),
});
const contextSchema = z.looseObject({ cluster: z.string(), user: z.string() });

const FILE = "names a file of the machine it was written on: put its content in, as kubectl config view --flatten does";
/** Why a field is refused. Each would make this server run, read or trust something that the file's author chooses. */
const REFUSED: Readonly<Record<string, string>> = {
  exec: "would run a program here: give a token of a ServiceAccount instead",
  "auth-provider": "would run a program here: give a token of a ServiceAccount instead",
  "certificate-authority": FILE,
  "client-certificate": FILE,
  "client-key": FILE,
  tokenFile: FILE,
  "proxy-url": "would send all requests through somebody else",
  "insecure-skip-tls-verify": "would trust whoever answers: put the cluster's CA into certificate-authority-data",
  "tls-server-name": "would trust another name than the address has",
  username: "is a password, which clusters no longer take: give a token or a client certificate",
  password: "is a password, which clusters no longer take: give a token or a client certificate",
  as: "acts in somebody else's name: give that account's own credentials",
  "as-uid": "acts in somebody else's name: give that account's own credentials",
  "as-groups": "acts in somebody else's name: give that account's own credentials",
  "as-user-extra": "acts in somebody else's name: give that account's own credentials",
};
/** Tools' own notes, which change nothing. */
const HARMLESS = new Set(["extensions", "disable-compression"]);

/**
 * Takes from a parsed kubeconfig the one context that is asked for, or the only one: its server, CA and credentials.
 * Whatever else stands in that context's entries is refused by its name; other contexts are not looked at. No value of
 * the file is repeated in an error.
 */
export function readKubeconfig(document: unknown, wanted: string | undefined): KubeconfigReading {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) return refused("this is no kubeconfig: it needs clusters, users and contexts");
  const { clusters, users, contexts } = parsed.data;
  const names = contexts.map(({ name }) => name);
  if (names.length === 0) return refused("this kubeconfig has no context");
  const name = wanted ?? (names.length === 1 ? names[0] : undefined);
  const found = contexts.filter((context) => context.name === name);
  if (name === undefined || found.length === 0) return { kind: "choose", contexts: names };
  if (found.length > 1) return refused("this kubeconfig has several contexts of this name");
  const context = contextSchema.safeParse(found[0]?.value);
  if (!context.success) return refused("this context does not name a cluster and a user");
  const cluster = theOne(clusters, context.data.cluster);
  const user = theOne(users, context.data.user);
  if (cluster === null || user === null)
    return refused(
      `this kubeconfig does not have exactly one ${cluster === null ? "cluster" : "user"} for this context`,
    );
  const strangers = [
    ...strangersOf(cluster, ["server", "certificate-authority-data"]),
    ...strangersOf(user, ["token", "client-certificate-data", "client-key-data"]),
  ];
  if (strangers.length > 0) return { kind: "refused", errors: strangers };
  return accessOf(name, cluster, user);
}

type Fields = Readonly<Record<string, unknown>>;

function accessOf(context: string, cluster: Fields, user: Fields): KubeconfigReading {
  const certificate = user["client-certificate-data"];
  const key = user["client-key-data"];
  if ((certificate === undefined) !== (key === undefined))
    return refused("client-certificate-data and client-key-data belong together");
  if (certificate === undefined && user.token === undefined)
    return refused("its user has neither a token nor client-certificate-data and client-key-data");
  const access = clusterAccessSchema.safeParse({
    server: cluster.server,
    certificateAuthority: cluster["certificate-authority-data"],
    token: user.token,
    certificate,
    key,
  });
  if (access.success) return { kind: "access", context, access: access.data };
  return { kind: "refused", errors: access.error.issues.map(inFileWords) };
}

const FILE_WORDS: Readonly<Record<string, string>> = {
  certificateAuthority: "certificate-authority-data",
  certificate: "client-certificate-data",
  key: "client-key-data",
};

function inFileWords({ path, message, code }: z.core.$ZodIssue): FieldError {
  const field = String(path[0] ?? "");
  const words =
    code === "invalid_type" ? "is missing, or is no text" : message.replace(/^Invalid base64.*/, "is not base64");
  return { path: "kubeconfig", message: `${FILE_WORDS[field] ?? field} ${words}` };
}

const refused = (message: string): KubeconfigReading => ({
  kind: "refused",
  errors: [{ path: "kubeconfig", message }],
});

function theOne(list: readonly { name: string; value: unknown }[], name: string): Fields | null {
  const found = list.filter((entry) => entry.name === name);
  const value = found[0]?.value;
  return found.length === 1 && typeof value === "object" && value !== null ? (value as Fields) : null;
}

const strangersOf = (fields: Fields, known: readonly string[]): FieldError[] =>
  Object.keys(fields)
    .filter((field) => !known.includes(field) && !HARMLESS.has(field))
    .map((field) => ({
      path: "kubeconfig",
      message: `${field.slice(0, 60)} ${REFUSED[field] ?? "is not taken: only server, CA, token and client certificate are"}`,
    }));
