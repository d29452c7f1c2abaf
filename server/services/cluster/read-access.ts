import { createSecureContext } from "node:tls";
import { isAlias, LineCounter, parseDocument, visit } from "yaml";
import type { ClusterAccess } from "#domain/cluster/access.ts";
import { readKubeconfig } from "#domain/cluster/kubeconfig.ts";
import { DomainError, type FieldError } from "#domain/shared/errors.ts";

/**
 * What a handed-in kubeconfig says of one cluster, by the rules of `readKubeconfig`. Throws `invalid`; for a file with
 * several contexts and none chosen, with `detail.contexts`. No value of the file gets into an error.
 */
export function readAccess(text: string, context: string | undefined): ClusterAccess {
  const reading = readKubeconfig(parseYaml(text), context);
  switch (reading.kind) {
    case "refused":
      throw invalid(...reading.errors);
    case "choose":
      throw chooseContext(reading.contexts, context);
    case "access":
      refuseUnusable(reading.access);
      return reading.access;
  }
}

const DEPTH_MAX = 64;

/** By brackets and by `- - -`, without parsing: the parser's time grows with the square of the depth. */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === "[" || bracket === "{" ? depth + 1 : Math.max(0, depth - 1);
    if (depth > DEPTH_MAX) return true;
  }
  return new RegExp(`(?:[-?:][ \\t]+){${DEPTH_MAX + 1}}`).test(text);
}

/** Plain YAML 1.2 alone: whatever lets a short file become a long value, or a key mean two things, is refused. */
function parseYaml(text: string): unknown {
  if (isTooDeep(text)) throw invalid(problem("it is nested too deep"));
  const lineCounter = new LineCounter();
  try {
    const document = parseDocument(text, {
      uniqueKeys: true,
      merge: false,
      prettyErrors: false,
      lineCounter,
      logLevel: "error",
    });
    const [error] = [...document.errors, ...document.warnings];
    if (error !== undefined) {
      const reason = error.code === "DUPLICATE_KEY" ? "a key is there twice" : "it is not plain YAML";
      throw invalid(problem(`line ${lineCounter.linePos(error.pos[0]).line}: ${reason}`));
    }
    visit(document, {
      Node(_, node) {
        if (isAlias(node) || ("anchor" in node && node.anchor !== undefined))
          throw invalid(problem("it has an anchor (&) or an alias (*); write each value out"));
        if ("tag" in node && node.tag !== undefined) throw invalid(problem("it has a tag (!); write plain values"));
      },
      Pair(_, { key }) {
        if (typeof key === "object" && key !== null && "value" in key && key.value === "<<")
          throw invalid(problem("it has a merge key (<<); write each value out"));
      },
    });
    return document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw invalid(problem("it cannot be read: it is not YAML"));
  }
}

/** Keys and certificates that no connection could be made with. OpenSSL's own words may quote them. */
function refuseUnusable({ certificateAuthority, certificate, key }: ClusterAccess): void {
  const pem = (base64: string | undefined) => (base64 === undefined ? undefined : Buffer.from(base64, "base64"));
  const usable = (options: { ca?: Buffer | undefined; cert?: Buffer | undefined; key?: Buffer | undefined }) => {
    try {
      createSecureContext(options as Parameters<typeof createSecureContext>[0]);
      return true;
    } catch {
      return false;
    }
  };
  const ca = pem(certificateAuthority);
  // OpenSSL skips over what is no certificate.
  if (ca !== undefined && (!ca.includes("-----BEGIN CERTIFICATE-----") || !usable({ ca })))
    throw invalid(problem("certificate-authority-data holds no PEM certificate"));
  if (certificate !== undefined && !usable({ cert: pem(certificate), key: pem(key) }))
    throw invalid(
      problem("client-certificate-data and client-key-data are no PEM certificate with its key, without a passphrase"),
    );
}

const CONTEXTS_SHOWN_MAX = 50;

function chooseContext(contexts: readonly string[], asked: string | undefined): DomainError {
  const shown = contexts.slice(0, CONTEXTS_SHOWN_MAX).map((name) => name.slice(0, 200));
  const begin =
    asked === undefined ? "this kubeconfig has several contexts" : "this kubeconfig has no context of this name";
  const field = { path: "context", message: `${begin}: choose one of ${shown.join(", ")}` };
  return new DomainError("invalid", `context: ${field.message}`, { fields: [field], detail: { contexts: shown } });
}

const problem = (message: string): FieldError => ({ path: "kubeconfig", message });

const invalid = (...fields: FieldError[]): DomainError =>
  new DomainError("invalid", fields.map(({ path, message }) => `${path}: ${message}`).join("; "), { fields });
