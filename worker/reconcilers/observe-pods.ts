import { z } from "zod";
import type { EventView, PodView } from "#domain/revision/pods.ts";
import { type PodFacts, podTrouble } from "#domain/revision/readiness-reason.ts";
import type { ClusterObject } from "#server/ports/cluster.ts";
import { involvedOf } from "#worker/runtime/events-about.ts";

/** Readers of pods and events. What is missing or malformed reads as absent, as in observe.ts. */

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");
const endedSchema = z.object({ exitCode: z.number(), reason: text, message: text }).nullish();
const containerSchema = z.object({
  name: z.string(),
  image: text,
  ready: z.boolean().catch(false),
  restartCount: z.number().catch(0),
  state: z
    .object({
      waiting: z.object({ reason: text, message: text }).nullish(),
      running: z.object({ startedAt: z.coerce.date() }).nullish(),
      terminated: endedSchema,
    })
    .nullish(),
  lastState: z.object({ terminated: endedSchema }).nullish(),
});
const conditionSchema = z.object({ type: z.string(), status: z.string(), message: text });
const podSchema = z.object({
  spec: z.object({ nodeName: z.string().nullish() }).nullish(),
  status: z
    .object({
      phase: z.string().nullish(),
      conditions: z.array(conditionSchema).nullish(),
      initContainerStatuses: z.array(containerSchema).nullish(),
      containerStatuses: z.array(containerSchema).nullish(),
    })
    .nullish(),
});

type Container = z.infer<typeof containerSchema>;

/** A pod as the screen shows it, with why it is not ready; null for what cannot be read. */
export function podViewOf(pod: ClusterObject, events: readonly ClusterObject[], now: Date): PodView | null {
  const parsed = podSchema.safeParse(pod);
  if (!parsed.success) return null;
  const { spec, status } = parsed.data;
  const condition = (type: string) => status?.conditions?.find((one) => one.type === type);
  const init = status?.initContainerStatuses ?? [];
  const main = status?.containerStatuses ?? [];
  const ready = condition("Ready")?.status === "True";
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const scheduled = condition("PodScheduled");
  const facts: PodFacts = {
    name: pod.metadata.name,
    unscheduled: scheduled?.status === "False" ? scheduled.message : null,
    containers: [
      ...init.map((one) => containerFacts(one, true, now)),
      ...main.map((c) => containerFacts(c, false, now)),
    ],
    events: newestFirst(events.filter((event) => involvedOf(event).name === pod.metadata.name)).map(
      ({ type, reason, message }) => ({ type, reason, message }),
    ),
  };
  return {
    name: pod.metadata.name,
    node: spec?.nodeName ?? null,
    phase: status?.phase ?? "Unknown",
    ready,
    terminating,
    restarts: main.reduce((sum, { restartCount }) => sum + restartCount, 0),
    containers: [...main, ...init].map(({ name }) => name),
    createdAt: momentOf(pod.metadata.creationTimestamp),
    trouble: ready || terminating ? null : podTrouble(facts),
  };
}

const containerFacts = (container: Container, isInit: boolean, now: Date): PodFacts["containers"][number] => {
  const { name, image, ready, restartCount, state, lastState } = container;
  const startedAt = state?.running?.startedAt;
  return {
    name,
    isInit,
    image,
    ready: isInit ? state?.terminated?.exitCode === 0 : ready,
    restarts: restartCount,
    waiting: state?.waiting ?? null,
    ended: state?.terminated ?? lastState?.terminated ?? null,
    runningSeconds: startedAt === undefined ? null : (now.getTime() - startedAt.getTime()) / 1000,
  };
};

const deploymentSchema = z.object({ status: z.object({ conditions: z.array(conditionSchema).nullish() }).nullish() });

/** Why the cluster makes no pods of a Deployment, in its words; null: it does. */
export function refusedPodsOf(deployment: ClusterObject | null | undefined): string | null {
  const parsed = deploymentSchema.safeParse(deployment);
  if (!parsed.success) return null;
  const failure = parsed.data.status?.conditions?.find(
    ({ type, status }) => type === "ReplicaFailure" && status === "True",
  );
  return failure === undefined ? null : failure.message || "it does not say why";
}

const eventSchema = z.object({
  type: text,
  reason: text,
  message: text,
  count: z.number().nullish(),
  eventTime: z.string().nullish(),
  firstTimestamp: z.string().nullish(),
  lastTimestamp: z.string().nullish(),
  series: z.object({ count: z.number().nullish(), lastObservedTime: z.string().nullish() }).nullish(),
});

const EVENTS_MAX = 20;

export const eventViews = (events: readonly ClusterObject[]): EventView[] => newestFirst(events).slice(0, EVENTS_MAX);

function newestFirst(events: readonly ClusterObject[]): EventView[] {
  return events
    .flatMap((event): EventView[] => {
      const parsed = eventSchema.safeParse(event);
      if (!parsed.success) return [];
      const { type, reason, message, count, series, ...times } = parsed.data;
      const about = involvedOf(event);
      const last = series?.lastObservedTime ?? times.lastTimestamp ?? times.eventTime ?? times.firstTimestamp;
      const at = momentOf(last ?? event.metadata.creationTimestamp);
      return [{ at, type, reason, message, object: `${about.kind}/${about.name}`, count: series?.count ?? count ?? 1 }];
    })
    .sort((a, b) => (b.at ?? "").localeCompare(a.at ?? ""));
}

function momentOf(time: string | undefined): string | null {
  const ms = Date.parse(time ?? "");
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
