import type { Readable } from "node:stream";
import { DomainError } from "#domain/shared/errors.ts";
import { isKubeError } from "#k8s/client/errors.ts";
import { connectKube, type Kube } from "#k8s/client/kube.ts";
import type { PodLogs } from "#server/ports/pod-logs.ts";

const DEADLINE_MS = 10_000;

type Connection = Readonly<{ kubeconfig: string | undefined; context: string | undefined }>;

/** Connects when the first log is asked for: everything else of web works without a cluster. */
export function kubernetesPodLogs({ kubeconfig, context }: Connection): PodLogs {
  let connected: Promise<Kube> | null = null;
  const kube = (): Promise<Kube> => {
    connected ??= connectKube(
      kubeconfig === undefined ? "in-cluster" : { kubeconfig, ...(context === undefined ? {} : { context }) },
    ).catch((cause: unknown) => {
      connected = null;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new DomainError("unavailable", `This web process reaches no cluster: ${why}`, { cause });
    });
    return connected;
  };
  return {
    async open({ namespace, pod, ...options }, signal): Promise<Readable> {
      const client = await kube();
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
