import { z } from "zod";
import type { ClusterObject, ObjectView } from "#server/ports/cluster.ts";

/** Events of a namespace by what they are about: a namespace of a thousand endpoints holds tens of thousands. */
export type EventsAbout = Readonly<{
  /** Events about a Deployment, its ReplicaSets and its pods. */
  deployment(name: string): readonly ClusterObject[];
}>;

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");
const involvedSchema = z.object({ involvedObject: z.object({ kind: text, name: text }) });

export function involvedOf(event: ClusterObject): { kind: string; name: string } {
  const parsed = involvedSchema.safeParse(event);
  return parsed.success ? parsed.data.involvedObject : { kind: "", name: "" };
}

const KINDS = new Set(["Pod", "ReplicaSet", "Deployment"]);

/**
 * Deployments that an object of this name may belong to: itself, and what is left without one and without two suffixes.
 * Hashes and suffixes hold no `-`, and another Deployment may be called `<name>-r1`: each gets only what may be its own.
 */
function deploymentsOf(event: ClusterObject): string[] {
  const { kind, name } = involvedOf(event);
  if (!KINDS.has(kind)) return [];
  const names = [name];
  for (let cut = name.lastIndexOf("-"); cut > 0 && names.length < 3; cut = name.lastIndexOf("-", cut - 1))
    names.push(name.slice(0, cut));
  return names;
}

export function indexEvents(events: Pick<ObjectView, "onChange">): EventsAbout {
  const index = new Map<string, Map<string, ClusterObject>>();
  events.onChange(({ object, previous, gone }) => {
    for (const name of deploymentsOf(previous ?? object)) {
      index.get(name)?.delete(object.metadata.name);
      if (index.get(name)?.size === 0) index.delete(name);
    }
    if (gone) return;
    for (const name of deploymentsOf(object)) {
      const about = index.get(name) ?? new Map<string, ClusterObject>();
      index.set(name, about.set(object.metadata.name, object));
    }
  });
  return { deployment: (name) => [...(index.get(name)?.values() ?? [])] };
}
