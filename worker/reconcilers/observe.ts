import { z } from "zod";
import { ANNOTATION, COMPONENT, LABEL, revisionObjectName } from "#domain/shared/cluster-names.ts";
import type { RouterPod } from "#domain/traffic/acknowledge.ts";
import { acksSchema } from "#domain/traffic/wire.ts";
import type { ClusterObject } from "#server/ports/cluster.ts";
import type { Scope } from "#worker/runtime/scope.ts";

/** Readers of live objects. What is missing or malformed reads as absent: another's object must not stop us. */

const sliceSchema = z.object({
  endpoints: z
    .array(
      z.object({ conditions: z.object({ ready: z.boolean().nullish() }).nullish(), addresses: z.array(z.string()) }),
    )
    .nullish(),
});
const SERVICE_OF_SLICE = "kubernetes.io/service-name";

/** Addresses that take requests, of one Service. */
export function readyAddresses(slices: readonly ClusterObject[], service: string): string[] {
  const own = slices.filter((slice) => slice.metadata.labels?.[SERVICE_OF_SLICE] === service);
  const addresses = own.flatMap((slice) => {
    const parsed = sliceSchema.safeParse(slice);
    const endpoints = parsed.success ? (parsed.data.endpoints ?? []) : [];
    return endpoints.filter(({ conditions }) => conditions?.ready !== false).flatMap((endpoint) => endpoint.addresses);
  });
  return [...new Set(addresses)];
}

/** Ready pods of a revision, as the routers see them. */
export const readyPods = (slices: readonly ClusterObject[], endpoint: string, revision: number): number =>
  readyAddresses(slices, revisionObjectName(endpoint, revision)).length;

const podSchema = z.object({
  spec: z.object({ nodeName: z.string().nullish() }).nullish(),
  status: z.object({ phase: z.string().nullish() }).nullish(),
});

export const routerPodsOf = (pods: readonly ClusterObject[]): RouterPod[] =>
  pods
    .filter((pod) => pod.metadata.labels?.[LABEL.component] === COMPONENT.router)
    .map((pod) => {
      const parsed = podSchema.safeParse(pod);
      return {
        uid: pod.metadata.uid,
        name: pod.metadata.name,
        node: (parsed.success && parsed.data.spec?.nodeName) || "no node",
        phase: (parsed.success && parsed.data.status?.phase) || "Unknown",
        createdAt: new Date(pod.metadata.creationTimestamp ?? 0),
      };
    });

/** What one router's Lease says, and which pod it speaks for; null when it says nothing. */
export function acksOf(lease: ClusterObject): { podUid: string; acks: Readonly<Record<string, number>> } | null {
  const podUid = lease.metadata.ownerReferences?.find(({ kind }) => kind === "Pod")?.uid;
  const text = lease.metadata.annotations?.[ANNOTATION.acks];
  if (podUid === undefined || text === undefined) return null;
  try {
    return { podUid, acks: acksSchema.parse(JSON.parse(text)) };
  } catch {
    return null;
  }
}

/**
 * Newest plan of an endpoint that each router pod has acknowledged, by pod uid: what Leases say now, and what was
 * recorded before, since a Lease names a plan for an hour only.
 */
export function ackedPlans(
  scope: Scope,
  endpointUid: string,
  recorded: Readonly<Record<string, number>>,
): Map<string, number> {
  const acks = new Map(Object.entries(recorded));
  for (const lease of scope.views.leases.objects.values()) {
    const said = acksOf(lease);
    const number = said?.acks[endpointUid];
    if (said != null && number !== undefined) acks.set(said.podUid, Math.max(number, acks.get(said.podUid) ?? 0));
  }
  return acks;
}

const waitingSchema = z.array(
  z.object({
    name: z.string(),
    state: z.object({ waiting: z.object({ reason: z.string(), message: z.string().nullish() }).nullish() }).nullish(),
    lastState: z
      .object({ terminated: z.object({ exitCode: z.number(), reason: z.string().nullish() }).nullish() })
      .nullish(),
  }),
);
const troubleSchema = z.object({
  status: z.object({
    containerStatuses: waitingSchema.nullish(),
    initContainerStatuses: waitingSchema.nullish(),
    conditions: z
      .array(
        z.object({ type: z.string(), status: z.string(), reason: z.string().nullish(), message: z.string().nullish() }),
      )
      .nullish(),
  }),
});
const HARMLESS = new Set(["ContainerCreating", "PodInitializing"]);

/** Why a pod does not get ready, in the cluster's own words; null when it is only starting. */
export function troubleOf(pods: readonly ClusterObject[]): { reason: string; message: string } | null {
  for (const pod of pods) {
    const parsed = troubleSchema.safeParse(pod);
    if (!parsed.success || pod.metadata.deletionTimestamp !== undefined) continue;
    const { containerStatuses, initContainerStatuses, conditions } = parsed.data.status;
    for (const { name, state, lastState } of [...(initContainerStatuses ?? []), ...(containerStatuses ?? [])]) {
      const reason = state?.waiting?.reason;
      if (reason === undefined || HARMLESS.has(reason)) continue;
      const exit = lastState?.terminated?.exitCode;
      // A back-off's message counts seconds: it would be another condition each time.
      const detail = exit === undefined ? (state?.waiting?.message ?? "") : `its last run ended with code ${exit}`;
      return { reason, message: `Pod ${pod.metadata.name}, container ${name}: ${detail || reason}.` };
    }
    const unscheduled = conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
    if (unscheduled !== undefined)
      return {
        reason: unscheduled.reason ?? "Unschedulable",
        message: `Pod ${pod.metadata.name}: ${unscheduled.message ?? "finds no node"}`,
      };
  }
  return null;
}

const deploymentSchema = z.object({
  spec: z.object({ replicas: z.number().nullish() }).nullish(),
  status: z.object({ readyReplicas: z.number().nullish() }).nullish(),
});

/** Replicas a Deployment is asked to have, and has ready. */
export function replicasOf(deployment: ClusterObject | null | undefined): { asked: number; ready: number } {
  const parsed = deploymentSchema.safeParse(deployment);
  if (!parsed.success) return { asked: 0, ready: 0 };
  return { asked: parsed.data.spec?.replicas ?? 1, ready: parsed.data.status?.readyReplicas ?? 0 };
}
