import type { ClusterTarget } from "#server/adapters/kubernetes/cluster.ts";
import type { Database } from "#server/db/client.ts";
import type { Vault } from "#server/db/vault.ts";
import type { Log } from "#server/observability/log.ts";
import type { ArtifactPlane } from "#server/ports/artifact-plane.ts";
import type { ArtifactFolder } from "#server/ports/artifacts.ts";
import type { Clusters } from "./clusters.ts";
import type { HitFailpoint } from "./failpoint.ts";
import type { WorkerMetrics } from "./metrics.ts";
import type { ArtifactPresence } from "./presence.ts";
import type { Queue } from "./queue.ts";
import type { Scopes } from "./scope.ts";

/** What every reconciler works with. */
export type WorkerContext = Readonly<{
  db: Database;
  clusters: Clusters;
  /** The cluster that this process was started with. */
  ambient: ClusterTarget;
  vault: Vault;
  /** Name under which clusters keep what we set. */
  fieldManager: string;
  /** Who we are in every cluster: objects of another installation are not ours to touch. */
  installationId: string;
  release: string;
  /** Tokens of the data plane are derived from it, so that they need no store of their own. */
  secretKey: string;
  artifacts: ArtifactFolder;
  plane: ArtifactPlane;
  presence: ArtifactPresence;
  scopes: Scopes;
  queue: Queue;
  failpoint: HitFailpoint;
  metrics: WorkerMetrics;
  log: Log;
}>;
