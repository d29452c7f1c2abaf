import type { TryAnswer } from "#domain/endpoint/try.ts";

export interface InferenceGateway {
  /**
   * One inference request to an environment's router, answered as the router did, refusals included.
   * Throws DomainError: `unavailable` when nothing answers in time, `payload_too_large` for an answer beyond what a screen shows.
   */
  infer(request: InferenceRequest): Promise<TryAnswer>;
}

export type InferenceRequest = Readonly<{
  url: URL;
  /** Undefined: as traffic is shared. */
  revision: number | undefined;
  body: unknown;
  requestId: string;
  signal: AbortSignal;
}>;
