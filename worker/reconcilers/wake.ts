import { COMPONENT, LABEL } from "#domain/shared/cluster-names.ts";
import type { ObjectChange } from "#server/ports/cluster.ts";
import { involvedOf } from "#worker/runtime/events-about.ts";
import { artifactKey, endpointKey, environmentKey } from "#worker/runtime/keys.ts";
import { acksOf } from "./observe.ts";

type Environment = Readonly<{
  environmentId: string;
  /** Endpoints whose published plan still lacks its proof. */
  unproven: ReadonlySet<string>;
  /** Digests somebody waits for. */
  awaitedDigests: readonly string[];
  /** Uid of the endpoint that a pod, ReplicaSet or Deployment of this name belongs to. */
  endpointOf(kind: string, name: string): string | undefined;
}>;

/** Which keys a change in the cluster concerns. */
export function keysOf(change: ObjectChange, environment: Environment): string[] {
  const { object, previous } = change;
  const labels = object.metadata.labels ?? {};
  if (object.kind === "Event") return endpointsInTrouble(change, environment).map(endpointKey);
  if (object.kind === "Lease") return endpointsAcknowledged(change).map(endpointKey);
  const uid = labels[LABEL.endpointUid];
  if (uid !== undefined) return [endpointKey(uid)];
  const keys = [environmentKey(environment.environmentId)];
  switch (labels[LABEL.component]) {
    case COMPONENT.router:
      if (object.kind === "Pod" && (change.gone || phaseOf(previous) !== phaseOf(object)))
        keys.push(...[...environment.unproven].map(endpointKey));
      // A router pod's readiness shows in its Deployment.
      return object.kind === "Pod" || object.kind === "EndpointSlice" ? keys.slice(1) : keys;
    case COMPONENT.artifacts:
      if (object.kind === "EndpointSlice")
        return environment.awaitedDigests.map((digest) => artifactKey(environment.environmentId, digest));
      return object.kind === "Pod" ? [] : keys;
    default:
      return keys;
  }
}

/** Whether the artifact store's pod came, went or moved: what it holds is to be asked for again. */
export const isArtifactStore = ({ object }: ObjectChange): boolean =>
  object.kind === "EndpointSlice" && object.metadata.labels?.[LABEL.component] === COMPONENT.artifacts;

/** A warning is looked at when it is new, not each time that it is counted on. */
function endpointsInTrouble({ object, previous, gone }: ObjectChange, environment: Environment): string[] {
  if (gone || previous !== null || object.type !== "Warning") return [];
  const { kind, name } = involvedOf(object);
  const uid = environment.endpointOf(kind, name);
  return uid === undefined ? [] : [uid];
}

const phaseOf = (object: ObjectChange["previous"]) => (object?.status as { phase?: string } | undefined)?.phase;

/** Endpoints for which this router now says another number than before. */
function endpointsAcknowledged({ object, previous, gone }: ObjectChange): string[] {
  if (gone) return [];
  const before = previous === null ? {} : (acksOf(previous)?.acks ?? {});
  const now = acksOf(object)?.acks ?? {};
  return Object.keys(now).filter((uid) => now[uid] !== before[uid]);
}
