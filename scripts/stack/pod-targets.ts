import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { connectKube } from "#k8s/client/kube.ts";
import type { LiveObject } from "#k8s/client/objects.ts";
import { watchResource } from "#k8s/client/watch.ts";
import { writeWhole } from "#k8s/local/whole-file.ts";

type PodStatus = { status?: { phase?: string; podIP?: string } };
export type Target = { targets: [string]; labels: Record<string, string> };

/**
 * Keeps `file` a list of the cluster's running pods as `file_sd_configs` reads it, with the labels that
 * `kubernetes_sd_configs` would give. Debian builds Prometheus without the latter.
 */
export async function followPodTargets(kubeconfig: string, file: string): Promise<{ stop(): void }> {
  mkdirSync(dirname(file), { recursive: true });
  const kube = await connectKube({ kubeconfig });
  const pods = watchResource(kube, { apiVersion: "v1", kind: "Pod" });
  let written = "";
  const write = () => {
    const text = JSON.stringify([...pods.store.values()].flatMap(targetOf), null, 1);
    if (text === written) return;
    written = text;
    // Prometheus reads it whenever it changes: never half of it.
    writeWhole(file, text);
  };
  pods.onChange(write);
  await pods.waitForSync();
  write();
  return {
    stop() {
      pods.stop();
      kube.dropConnections();
    },
  };
}

/** None for a pod without an address. */
export function targetOf(pod: LiveObject): Target[] {
  const { status } = pod as PodStatus;
  if (status?.podIP === undefined) return [];
  const { name, namespace = "", labels = {}, annotations = {} } = pod.metadata;
  return [
    {
      targets: [status.podIP],
      labels: {
        __meta_kubernetes_namespace: namespace,
        __meta_kubernetes_pod_name: name,
        __meta_kubernetes_pod_ip: status.podIP,
        __meta_kubernetes_pod_phase: status.phase ?? "Unknown",
        ...renamed("label", labels),
        ...renamed("annotation", annotations),
      },
    },
  ];
}

const renamed = (kind: "label" | "annotation", values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [podMeta(kind, key), value]));

/** The name that Prometheus' discovery gives to a pod's label or annotation. */
export const podMeta = (kind: "label" | "annotation", name: string) =>
  `__meta_kubernetes_pod_${kind}_${name.replaceAll(/[^a-zA-Z0-9_]/g, "_")}`;
