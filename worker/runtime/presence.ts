export type Presence = { kind: "unknown" } | { kind: "present" } | { kind: "absent"; why: string };

/** What is known of the environments' artifact stores, and which endpoints wait for what; rebuilt after a start. */
export type ArtifactPresence = Readonly<{
  of(environmentId: string, digest: string): Presence;
  set(environmentId: string, digest: string, presence: Presence): void;
  /** The store may be another by now: everything in it is to be asked for again. */
  forget(environmentId: string): void;
  wait(environmentId: string, digest: string, endpointUid: string): void;
  /** Who waited, once. */
  takeWaiting(environmentId: string, digest: string): string[];
  /** Digests somebody waits for. */
  awaited(environmentId: string): string[];
}>;

const UNKNOWN: Presence = { kind: "unknown" };

export function createPresence(): ArtifactPresence {
  const known = new Map<string, Map<string, Presence>>();
  const waiting = new Map<string, Map<string, Set<string>>>();
  return {
    of: (environmentId, digest) => known.get(environmentId)?.get(digest) ?? UNKNOWN,
    set(environmentId, digest, presence) {
      const digests = known.get(environmentId) ?? new Map<string, Presence>();
      known.set(environmentId, digests.set(digest, presence));
    },
    forget: (environmentId) => void known.delete(environmentId),
    wait(environmentId, digest, endpointUid) {
      const digests = waiting.get(environmentId) ?? new Map<string, Set<string>>();
      waiting.set(environmentId, digests.set(digest, (digests.get(digest) ?? new Set()).add(endpointUid)));
    },
    takeWaiting(environmentId, digest) {
      const uids = [...(waiting.get(environmentId)?.get(digest) ?? [])];
      waiting.get(environmentId)?.delete(digest);
      return uids;
    },
    awaited: (environmentId) => [...(waiting.get(environmentId)?.keys() ?? [])],
  };
}
