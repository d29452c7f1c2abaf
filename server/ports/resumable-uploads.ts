import type { DataStore } from "@tus/server";
import { DomainError } from "#domain/shared/errors.ts";

/** Files that arrive in pieces, over connections that may break. */
export interface ResumableUploads {
  /** Where the protocol's server keeps the pieces. Its methods throw DomainError: `not_found`, `storage_full`, `unavailable`. */
  readonly pieces: DataStore;
  /** Null: no such upload, or no more. */
  find(id: string): Promise<ResumableUpload | null>;
  /** Its bytes so far, in chunks that whoever reads may do with as they like. */
  read(id: string): ReadableStream<Uint8Array>;
  /** It is this artifact now: its bytes go, and what is known of it stays until it expires. */
  settle(id: string, digest: string): Promise<void>;
  /** Removes what is older than a day; returns how many. */
  sweep(): Promise<number>;
}

export type ResumableUpload = Readonly<{
  ownerId: string;
  sizeBytes: number;
  receivedBytes: number;
  /** Null: it is no artifact yet. */
  digest: string | null;
}>;

/** Beside what its sender says of a file: whose it is, and what became of it. */
export const OWNER_KEY = "slipway-owner";
export const DIGEST_KEY = "slipway-digest";

/** To who asks for another's as well: nobody learns which there are. */
export const noSuchUpload = () => new DomainError("not_found", "There is no such upload, or it is older than a day.");
