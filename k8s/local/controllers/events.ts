import type { ClusterStore, KubeObject } from "../store/types.ts";
import { timestamp } from "./objects.ts";

/** Oldest events of a namespace go beyond this many: a crash loop must not fill the disk. */
const MAX_PER_NAMESPACE = 500;

export type EventInput = {
  about: KubeObject;
  type: "Normal" | "Warning";
  reason: string;
  message: string;
  /** Writer, as in `source.component`. */
  component: string;
  fieldPath?: string;
};
export type Recorder = (event: EventInput) => void;

const aggregationKey = (event: KubeObject): string =>
  [
    event.involvedObject?.uid,
    event.involvedObject?.fieldPath ?? "",
    event.type,
    event.reason,
    event.message,
    event.reportingComponent,
  ].join("\0");

const involved = ({ about, fieldPath }: EventInput) => ({
  kind: about.kind,
  namespace: about.metadata.namespace,
  name: about.metadata.name,
  uid: about.metadata.uid,
  apiVersion: about.apiVersion,
  resourceVersion: about.metadata.resourceVersion,
  ...(fieldPath === undefined ? {} : { fieldPath }),
});

/** Name suffix: hexadecimal nanoseconds, unique within the process by the counter in its low digits. */
const createSuffix = () => {
  let counter = 0;
  return () => {
    counter = (counter + 1) % 1_000_000;
    return (BigInt(Date.now()) * 1_000_000n + BigInt(counter)).toString(16);
  };
};

const eventOf = (input: EventInput, name: string, nodeName: string, now: string) => ({
  apiVersion: "v1",
  kind: "Event",
  metadata: { name, namespace: namespaceOf(input) },
  involvedObject: involved(input),
  reason: input.reason,
  message: input.message,
  source: { component: input.component, ...(input.component === "kubelet" ? { host: nodeName } : {}) },
  firstTimestamp: now,
  lastTimestamp: now,
  count: 1,
  type: input.type,
  eventTime: null,
  reportingComponent: input.component,
  reportingInstance: input.component === "kubelet" ? nodeName : "",
});

const namespaceOf = ({ about }: EventInput): string => about.metadata.namespace ?? "default";

/**
 * Writes core/v1 Events; an equal one about the same object raises `count` instead.
 * Never throws: an event that cannot be written (its namespace is going away) is lost, as on a real cluster.
 */
export const createRecorder = (store: ClusterStore, nodeName: string): Recorder => {
  const suffix = createSuffix();
  const byNamespace = new Map<string, Map<string, string>>();
  const known = (namespace: string) => {
    let names = byNamespace.get(namespace);
    if (names === undefined) {
      names = new Map();
      byNamespace.set(namespace, names);
    }
    return names;
  };
  const sorted = [...store.list("events")].sort((a, b) =>
    a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp),
  );
  for (const event of sorted) known(event.metadata.namespace ?? "").set(aggregationKey(event), event.metadata.name);

  const trim = (names: Map<string, string>, namespace: string) => {
    for (const [key, name] of names) {
      if (names.size <= MAX_PER_NAMESPACE) return;
      names.delete(key);
      if (store.get("events", namespace, name) !== undefined) store.delete("events", namespace, name);
    }
  };

  return (input) => {
    const namespace = namespaceOf(input);
    const now = timestamp(Date.now());
    const names = known(namespace);
    const key = [
      input.about.metadata.uid,
      input.fieldPath ?? "",
      input.type,
      input.reason,
      input.message,
      input.component,
    ].join("\0");
    try {
      const name = names.get(key);
      const existing = name === undefined ? undefined : store.get("events", namespace, name);
      names.delete(key);
      const written =
        existing === undefined
          ? store.create("events", eventOf(input, `${input.about.metadata.name}.${suffix()}`, nodeName, now))
          : store.update("events", { ...existing, count: (existing.count ?? 1) + 1, lastTimestamp: now });
      names.set(key, written.metadata.name);
      trim(names, namespace);
    } catch {
      names.delete(key);
    }
  };
};
