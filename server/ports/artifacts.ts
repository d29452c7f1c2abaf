/** Content-addressed files shared by web, which writes them, and the worker, which fills clusters from them. */
export interface ArtifactFolder {
  /**
   * Streams `body` to disk, whose chunks are not to be used again; it appears under its digest once it is whole and safe on disk, or not at all.
   * Throws DomainError: `invalid` (empty or broken off), `payload_too_large`, `digest_mismatch`, `storage_full`.
   */
  receive(body: ReadableStream<Uint8Array>, limits: ReceiveLimits): Promise<{ digest: string; sizeBytes: number }>;
  /** Where the bytes of a digest lie; null when they are not there. */
  find(digest: string): Promise<{ path: string; sizeBytes: number } | null>;
  /** Of the disk that the folder is on. */
  space(): Promise<{ freeBytes: number; totalBytes: number }>;
  /** Removes what killed uploads left behind; returns how many files. */
  sweep(): Promise<number>;
}

export type ReceiveLimits = Readonly<{
  bytesMax: number;
  /** Announced length and SHA-256, checked when the caller sent them. */
  sizeBytes: number | undefined;
  sha256: Uint8Array | undefined;
  signal: AbortSignal;
}>;
