import type { Readable } from "node:stream";
import type { ClusterAccess } from "#domain/cluster/access.ts";

/** The one thing web may ask a cluster for. */
export interface PodLogs {
  /**
   * Lines of a container as bytes; with `follow` until `signal`. Throws DomainError `not_found` when there is no such
   * pod, container or earlier run, `unavailable` when the cluster does not answer.
   */
  open(request: PodLogRequest, signal: AbortSignal): Promise<Readable>;
}

export type PodLogRequest = Readonly<{
  /** `key` is another for other credentials of the same cluster; `access` null: the one this process was started with. */
  cluster: Readonly<{ key: string; access: ClusterAccess | null }>;
  namespace: string;
  pod: string;
  container: string;
  follow: boolean;
  previous: boolean;
  tailLines: number;
}>;
