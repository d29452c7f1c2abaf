import { kubeTime } from "./metadata.ts";
import type { KubeObject } from "./types.ts";

export type Propagation = "Foreground" | "Background" | "Orphan";
export type DeletionStep =
  | { kind: "remove" }
  /** `deletionTimestamp` is set (or the grace cut short); finalizers or the kubelet do the rest. */
  | { kind: "mark"; metadata: Partial<KubeObject["metadata"]> }
  | { kind: "nothing" };

export const FOREGROUND = "foregroundDeletion";
export const ORPHAN = "orphan";
const POD_GRACE_SECONDS = 30;
/** What the API takes a negative number for; 0 would kill the pod. */
const NEGATIVE_GRACE_SECONDS = 1;

/**
 * Seconds a delete leaves to the object: only pods that a kubelet holds are given any.
 * A stopping pod's grace can be cut short, never prolonged.
 */
function graceSeconds(object: KubeObject, asked: number | undefined): number {
  if (object.kind !== "Pod") return 0;
  const phase = object.status?.phase;
  if (!object.spec?.nodeName || phase === "Succeeded" || phase === "Failed") return 0;
  const wanted = asked ?? object.spec?.terminationGracePeriodSeconds ?? POD_GRACE_SECONDS;
  return Math.min(
    wanted < 0 ? NEGATIVE_GRACE_SECONDS : wanted,
    object.metadata.deletionGracePeriodSeconds ?? Number.POSITIVE_INFINITY,
  );
}

function finalizersFor(object: KubeObject, propagation: Propagation | undefined): string[] {
  const others = (object.metadata.finalizers ?? []).filter((name) => name !== FOREGROUND && name !== ORPHAN);
  if (propagation === undefined) return [...(object.metadata.finalizers ?? [])];
  if (propagation === "Foreground") return [...others, FOREGROUND];
  return propagation === "Orphan" ? [...others, ORPHAN] : others;
}

/** What a delete does to an object now, by its kind, finalizers and grace. */
export function decideDeletion(
  object: KubeObject,
  options: { gracePeriodSeconds?: number; propagationPolicy?: Propagation },
  now: Date,
): DeletionStep {
  const grace = graceSeconds(object, options.gracePeriodSeconds);
  const finalizers = finalizersFor(object, options.propagationPolicy);
  const held = object.kind === "Namespace" && object.spec?.finalizers?.length > 0;
  if (grace === 0 && finalizers.length === 0 && !held) return { kind: "remove" };
  const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata;
  const sameFinalizers = finalizers.join() === (object.metadata.finalizers ?? []).join();
  if (deletionTimestamp !== undefined && deletionGracePeriodSeconds === grace && sameFinalizers) {
    return { kind: "nothing" };
  }
  const end = deletionTimestamp !== undefined && grace === deletionGracePeriodSeconds;
  return {
    kind: "mark",
    metadata: {
      deletionTimestamp: end ? deletionTimestamp : kubeTime(new Date(now.getTime() + grace * 1000)),
      ...(object.kind !== "Namespace" && { deletionGracePeriodSeconds: grace }),
      finalizers,
    },
  };
}

/** A marked object goes when nothing holds it any more. */
export function isReleased(object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata;
  if (deletionTimestamp === undefined || finalizers.length > 0) return false;
  if (object.kind === "Namespace") return !(object.spec?.finalizers?.length > 0);
  return deletionGracePeriodSeconds === 0;
}
