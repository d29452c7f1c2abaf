import { z } from "zod";
import { eventViewSchema } from "#domain/revision/pods.ts";
import { readinessReason } from "#domain/revision/readiness-reason.ts";
import { LABEL, revisionObjectName } from "#domain/shared/cluster-names.ts";
import type { RevisionReport } from "#server/db/reconcile/endpoint-report.ts";
import type { EndpointState, RevisionRow } from "#server/db/reconcile/endpoint-state.ts";
import type { Scope } from "#worker/runtime/scope.ts";
import type { Run } from "./ensure.ts";
import { eventViews, podViewOf, refusedPodsOf } from "./observe-pods.ts";

type PodsSeen = Pick<RevisionReport, "pods" | "events" | "trouble">;

/** Pods of one revision, what was written about them, and, when it `lacks` some, the one sentence that says why. */
export function seePods(run: Run, scope: Scope, state: EndpointState, row: RevisionRow, lacks: boolean): PodsSeen {
  const name = revisionObjectName(state.name, row.number);
  const events = scope.eventsAbout.deployment(name);
  const pods = scope.views.pods
    .labelled(LABEL.endpointUid, state.uid)
    .filter((pod) => pod.metadata.labels?.[LABEL.revision] === String(row.number))
    .flatMap((pod) => podViewOf(pod, events, state.now) ?? [])
    .sort((a, b) => a.name.localeCompare(b.name));
  const presence = run.presence.of(state.environment.id, row.digest);
  const deployment = scope.find({ apiVersion: "apps/v1", kind: "Deployment", namespace: scope.namespace, name });
  const trouble = lacks
    ? readinessReason({
        artifactMissing: presence.kind === "absent" && pods.length === 0 ? presence.why : null,
        refusedPods: refusedPodsOf(deployment),
        pods: pods.map((pod) => pod.trouble),
      })
    : null;
  // Until they were read once, those of before stand.
  const known = z.array(eventViewSchema).catch([]).parse(row.status?.events);
  return { pods, events: scope.events.fresh().synced ? eventViews(events) : known, trouble };
}
