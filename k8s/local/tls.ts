import { randomBytes, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generate } from "selfsigned";
import { writeWhole } from "./whole-file.ts";

export type Identity = { keyPem: string; certPem: string };

const VALID_DAYS = 3650;
const DAY_MS = 24 * 60 * 60 * 1000;
const DNS_NAMES = [
  "localhost",
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster.local",
];

/** The server's key and self-signed certificate, which is its own authority; made once per `folder` and host. */
export async function serverIdentity(folder: string, host: string): Promise<Identity> {
  const [keyPath, certPath] = [join(folder, "server.key"), join(folder, "server.crt")];
  if (existsSync(keyPath) && existsSync(certPath)) {
    const kept = { keyPem: readFileSync(keyPath, "utf8"), certPem: readFileSync(certPath, "utf8") };
    const certificate = new X509Certificate(kept.certPem);
    if (certificate.checkIP(host) !== undefined && Date.parse(certificate.validTo) > Date.now() + 30 * DAY_MS)
      return kept;
  }
  const made = await generate([{ name: "commonName", value: "slipway-local-cluster" }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(Date.now() - DAY_MS),
    notAfterDate: new Date(Date.now() + VALID_DAYS * DAY_MS),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          ...DNS_NAMES.map((value) => ({ type: 2 as const, value })),
          ...[...new Set(["127.0.0.1", host])].map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
  writeSecret(keyPath, made.private);
  writeSecret(certPath, made.cert);
  return { keyPem: made.private, certPem: made.cert };
}

/** A random secret kept in `folder`; made once. */
export function keptSecret(folder: string, name: string): string {
  const path = join(folder, name);
  if (existsSync(path)) return readFileSync(path, "utf8").trim();
  const secret = randomBytes(32).toString("base64url");
  writeSecret(path, secret);
  return secret;
}

/** Whole, and readable by its owner only, whatever it was before. */
export function writeSecret(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeWhole(path, text);
}
