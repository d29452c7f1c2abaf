import type { Inspection } from "#domain/shared/signature.ts";

export interface ModelInspector {
  /**
   * Loads and runs the file once in a process of its own, which dies at the deadline or memory limit.
   * A model that cannot be served is an answer (`ok: false`); DomainError `unavailable` when too many wait.
   */
  inspect(path: string, signal: AbortSignal): Promise<Inspection>;
}
