import type { Cluster } from "#server/ports/cluster.ts";
import { failFast } from "./fail-fast.ts";

/** Connections to the clusters that are in use, one each: what one of them does holds up no other. */
export type Clusters = Readonly<{
  /** Null: not connected. */
  of(clusterId: string): Cluster | null;
  /** Of which generation of its credentials the connection is; null: not connected. */
  generationOf(clusterId: string): number | null;
  set(clusterId: string, generation: number, cluster: Cluster): void;
  drop(clusterId: string): void;
  close(): void;
}>;

export function createClusters(): Clusters {
  const connected = new Map<string, { generation: number; cluster: Cluster }>();
  const drop = (clusterId: string) => {
    connected.get(clusterId)?.cluster.close();
    connected.delete(clusterId);
  };
  return {
    of: (clusterId) => connected.get(clusterId)?.cluster ?? null,
    generationOf: (clusterId) => connected.get(clusterId)?.generation ?? null,
    set(clusterId, generation, cluster) {
      drop(clusterId);
      connected.set(clusterId, { generation, cluster: failFast(cluster) });
    },
    drop,
    close() {
      for (const clusterId of [...connected.keys()]) drop(clusterId);
    },
  };
}
