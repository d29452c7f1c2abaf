export type LogRequest = {
  namespace: string;
  pod: string;
  /** Always set: the HTTP layer has picked the only container or answered 400. */
  container: string;
  /** Keep the answer open and write new lines until the container is gone or the reader leaves. */
  follow: boolean;
  /** The last ended instance instead of the running one. */
  previous: boolean;
  /** Prefix each line with its RFC 3339 time and a space. */
  timestamps: boolean;
  tailLines?: number;
  sinceSeconds?: number;
  /** ISO time; lines at or after it. */
  sinceTime?: string;
  limitBytes?: number;
};

/**
 * Where `GET pods/<name>/log` reads. Implemented by the kubelet.
 * Yields whole lines as they are to be sent, newline included. Throws `ApiError` (400) when there is nothing to read yet
 * or no such instance, before the first chunk. Ends early when `signal` aborts.
 */
export type LogSource = {
  read(request: LogRequest, signal: AbortSignal): AsyncIterable<string | Uint8Array>;
};
