/** Only the worker speaks to a cluster; web asks it through the database. */
export interface WorkerQuestions {
  /** Throws DomainError `unavailable` when no worker answered in time. */
  ask(kind: "dryRunRevision", request: unknown): Promise<unknown>;
}
