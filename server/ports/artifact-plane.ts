/** The artifact store of an environment: it belongs to the data plane, pods fetch from it. */
export interface ArtifactPlane {
  /** Whether the store at `baseUrl` has the bytes. Throws an Error when it does not answer. */
  has(store: ArtifactStore, digest: string): Promise<boolean>;
  /** Streams a file in; the store checks the digest. Throws an Error when the bytes are not there afterwards. */
  put(store: ArtifactStore, digest: string, file: { path: string; sizeBytes: number }): Promise<void>;
}

export type ArtifactStore = Readonly<{ baseUrl: string; writeToken: string }>;
