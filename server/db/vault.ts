import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** Text that only a process with the same key reads; `purpose` binds it to its row, so that none stands in for another. */
export type Vault = Readonly<{
  seal(text: string, purpose: string): string;
  /** Throws VaultError. */
  open(sealed: string, purpose: string): string;
  /** Whether it opens, but with the key before this one. */
  isOld(sealed: string): boolean;
}>;

/** Says nothing of what is inside. */
export class VaultError extends Error {
  override readonly name = "VaultError";
}

const FORMAT = "v1";
const IV_BYTES = 12;
const TAG_BYTES = 16;

type Key = Readonly<{ id: string; bytes: Buffer }>;

/**
 * AES-256-GCM (NIST SP 800-38D) with a key by HKDF-SHA256 (RFC 5869) from `secretKey`, and a random 96-bit nonce per
 * sealing. What `before`, the key before a rotation, has sealed is read too.
 */
export function createVault(secretKey: string, before?: string): Vault {
  const [current, ...older] = [secretKey, ...(before === undefined ? [] : [before])].map(keyOf);
  if (current === undefined) throw new Error("a vault needs a key");
  return {
    seal(text, purpose) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", current.bytes, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(purpose));
      const hidden = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return [FORMAT, current.id, Buffer.concat([iv, cipher.getAuthTag(), hidden]).toString("base64url")].join(".");
    },
    open(sealed, purpose) {
      const [format, id, data = ""] = sealed.split(".");
      const key = [current, ...older].find((candidate) => candidate.id === id);
      if (format !== FORMAT || key === undefined)
        throw new VaultError("it was encrypted with another SLIPWAY_SECRET_KEY than this process has");
      const bytes = Buffer.from(data, "base64url");
      try {
        const decipher = createDecipheriv("aes-256-gcm", key.bytes, bytes.subarray(0, IV_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(Buffer.from(purpose));
        decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        const hidden = bytes.subarray(IV_BYTES + TAG_BYTES);
        return Buffer.concat([decipher.update(hidden), decipher.final()]).toString("utf8");
      } catch {
        throw new VaultError("it was changed after it was encrypted, or belongs to another row");
      }
    },
    isOld: (sealed) => older.some(({ id }) => sealed.startsWith(`${FORMAT}.${id}.`)),
  };
}

/** The id tells keys apart and nothing about them. */
function keyOf(secretKey: string): Key {
  const derive = (purpose: string, bytes: number) =>
    Buffer.from(hkdfSync("sha256", secretKey, "", `slipway vault ${purpose}`, bytes));
  return { id: derive("key id", 6).toString("hex"), bytes: derive("key", 32) };
}
