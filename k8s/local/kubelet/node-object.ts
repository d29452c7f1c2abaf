import { arch, availableParallelism, hostname, release, totalmem } from "node:os";
import { isDeepStrictEqual } from "node:util";
import { timestamp } from "../controllers/objects.ts";
import type { ClusterStore } from "../store/types.ts";

const MAX_PODS = 2000;

export type Machine = { cpus: number; memoryBytes: number; devices: Readonly<Record<string, number>> };

export const thisMachine = (devices: Readonly<Record<string, number>> = {}): Machine => ({
  cpus: availableParallelism(),
  memoryBytes: totalmem(),
  devices,
});

const statusOf = (machine: Machine, nodeName: string, hostIp: string, since: string) => {
  const capacity = {
    cpu: String(machine.cpus),
    memory: `${Math.floor(machine.memoryBytes / 1024)}Ki`,
    pods: String(MAX_PODS),
    ...Object.fromEntries(Object.entries(machine.devices).map(([name, count]) => [name, String(count)])),
  };
  const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    lastHeartbeatTime: since,
    lastTransitionTime: since,
    reason,
    message,
  });
  return {
    capacity,
    allocatable: capacity,
    conditions: [condition("Ready", "True", "KubeletReady", "kubelet is posting ready status")],
    addresses: [
      { type: "InternalIP", address: hostIp },
      { type: "Hostname", address: nodeName },
    ],
    nodeInfo: {
      architecture: arch() === "x64" ? "amd64" : arch(),
      operatingSystem: "linux",
      osImage: "local processes",
      kernelVersion: release(),
      kubeletVersion: "v1.36.2",
      kubeProxyVersion: "",
      containerRuntimeVersion: "process://1",
      machineID: hostname(),
      systemUUID: "",
      bootID: "",
    },
  };
};

/** Creates the one Node, or corrects it when the machine changed. Without a heartbeat: idle writes nothing. */
export const registerNode = (store: ClusterStore, machine: Machine, nodeName: string, hostIp: string): void => {
  const labels = {
    "kubernetes.io/hostname": nodeName,
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": arch() === "x64" ? "amd64" : arch(),
  };
  const node =
    store.get("nodes", undefined, nodeName) ??
    store.create(
      "nodes",
      { apiVersion: "v1", kind: "Node", metadata: { name: nodeName, labels }, spec: {} },
      "kubelet",
    );
  const since: string = node.status?.conditions?.[0]?.lastTransitionTime ?? timestamp(Date.now());
  const status = statusOf(machine, nodeName, hostIp, since);
  if (!isDeepStrictEqual(node.status, status)) store.updateStatus("nodes", { ...node, status }, "kubelet");
};
