import { createHmac, timingSafeEqual } from "node:crypto";
import type { Store } from "../store/store.ts";

export type User = { name: string; uid?: string; groups: readonly string[] };

export const ANONYMOUS: User = { name: "system:anonymous", groups: ["system:unauthenticated"] };
export const ADMIN: User = { name: "slipway-admin", groups: ["system:masters", "system:authenticated"] };

const SERVICE_ACCOUNT_PREFIX = "sa.";

export type Authenticator = {
  /** Undefined: a token was given and it is not one of ours (401). No token at all: anonymous. */
  userOf(authorization: string | undefined): User | undefined;
  /** Does not expire; ends with the ServiceAccount it was made for. */
  tokenFor(namespace: string, name: string, uid: string): string;
};

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

export function createAuthenticator(adminToken: string, secret: string, store: Pick<Store, "get">): Authenticator {
  const sign = (claim: string) => createHmac("sha256", secret).update(claim).digest("base64url");

  function serviceAccount(token: string): User | undefined {
    const [claim, signature, ...rest] = token.slice(SERVICE_ACCOUNT_PREFIX.length).split(".");
    if (!claim || !signature || rest.length > 0 || !same(signature, sign(claim))) return undefined;
    const [namespace = "", name = "", uid] = Buffer.from(claim, "base64url").toString("utf8").split("/");
    if (store.get("serviceaccounts", namespace, name)?.metadata.uid !== uid || uid === undefined) return undefined;
    return {
      name: `system:serviceaccount:${namespace}:${name}`,
      uid,
      groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
    };
  }

  return {
    userOf(authorization) {
      const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? "")?.[1];
      if (token === undefined) return authorization === undefined ? ANONYMOUS : undefined;
      if (same(token, adminToken)) return ADMIN;
      return token.startsWith(SERVICE_ACCOUNT_PREFIX) ? serviceAccount(token) : undefined;
    },
    tokenFor(namespace, name, uid) {
      const claim = Buffer.from(`${namespace}/${name}/${uid}`).toString("base64url");
      return `${SERVICE_ACCOUNT_PREFIX}${claim}.${sign(claim)}`;
    },
  };
}
