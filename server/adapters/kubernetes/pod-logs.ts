import type { Readable } from "node:stream";
import { DomainError } from "#domain/shared/errors.ts";
import { isKubeError } from "#k8s/client/errors.ts";
import type { Kube } from "#k8s/client/kube.ts";
import type { PodLogRequest, PodLogs } from "#server/ports/pod-logs.ts";
import { type ClusterTarget, connectTarget } from "./cluster.ts";

const DEADLINE_MS = 10_000;

/** Credentials that were replaced are of no use any more, and clusters are a handful. */
const KEPT_MAX = 20;

/** Connects to a cluster when its first log is asked for: everything else of web works without. */
export function kubernetesPodLogs(ambient: ClusterTarget): PodLogs {
  const connected = new Map<string, Promise<Kube>>();
  const kubeOf = ({ key, access }: PodLogRequest["cluster"]): Promise<Kube> => {
    const known = connected.get(key);
    if (known !== undefined) return known;
    const connecting = connectTarget(access === null ? ambient : { access }).catch((cause: unknown) => {
      connected.delete(key);
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new DomainError("unavailable", `This web process reaches no cluster: ${why}`, { cause });
    });
    const [oldest] = connected.keys();
    if (oldest !== undefined && connected.size >= KEPT_MAX) connected.delete(oldest);
    connected.set(key, connecting);
    return connecting;
  };
  return {
    async open({ cluster, namespace, pod, ...options }, signal): Promise<Readable> {
      const client = await kubeOf(cluster);
      try {
        return await client.podLog({ namespace, name: pod }, { ...options, signal, deadlineMs: DEADLINE_MS });
      } catch (error) {
        if (!isKubeError(error)) throw error;
        throw translated(error.code, error.message, error);
      }
    },
  };
}

function translated(code: string, message: string, cause: unknown): DomainError {
  if (code === "not_found" || code === "invalid")
    return new DomainError("not_found", `There is no such log: ${message}`, { cause });
  if (code === "forbidden" || code === "unauthorized")
    return new DomainError("unavailable", `The cluster lets this web process read no logs: ${message}`, { cause });
  return new DomainError("unavailable", `The cluster does not answer: ${message}`, { cause });
}
