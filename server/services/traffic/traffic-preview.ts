import { type HealthView, isMissing } from "#domain/endpoint/health.ts";
import { type TrafficPreview, trafficPreviewInputSchema, trafficPreviewSchema } from "#domain/endpoint/preview.ts";
import type { TrafficEntry } from "#domain/endpoint/schema.ts";
import { checkEntries } from "#domain/endpoint/weights.ts";
import { contractDifferences } from "#domain/shared/contract.ts";
import { type Signature, signatureSchema } from "#domain/shared/signature.ts";
import { revisionLabel, versionLabel } from "#domain/shared/version-label.ts";
import type { Trouble } from "#domain/shared/views.ts";
import { type Move, movesBetween } from "#domain/traffic/moves.ts";
import { findEndpoint } from "#server/services/endpoint/find.ts";
import { healthViews } from "#server/services/endpoint/health-view.ts";
import { findRevisions } from "#server/services/revision/view.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findServedPlan } from "./base-plan.ts";
import { type PlanEntry, storedEntries } from "./decide-plan.ts";
import { planViews } from "./plan-view.ts";
import { allocate } from "./put.ts";
import { startSecondsOf, whyNotStarting } from "./start-seconds.ts";

const REVISIONS_MAX = 1_000;

type Revision = Readonly<{
  revision: number;
  version: number;
  ready: number;
  /** Why its pods do not start; null: nothing is known to stop them. */
  trouble: Trouble | null;
  signature: Signature | null;
  model: string;
}>;

/** What Change traffic would do, said before the save: who moves, and what speaks against it. Nothing is written. */
export const previewTraffic = defineVerb({
  name: "endpoint.trafficPreview",
  kind: "query",
  permission: "endpoint:read",
  input: trafficPreviewInputSchema,
  output: trafficPreviewSchema,
  async run(ctx, { entries, ...ref }): Promise<TrafficPreview> {
    const tx = ctx.db.read;
    const endpoint = await findEndpoint(tx, ref);
    const served = await findServedPlan(tx, endpoint.uid);
    const [servedView] = served === null ? [] : await planViews(tx, [served]);
    const rows = await findRevisions(tx, { endpointUid: endpoint.uid }, REVISIONS_MAX);
    const revisions = new Map(
      rows.map((row): [number, Revision] => [
        row.number,
        {
          revision: row.number,
          model: row.version.model.name,
          version: row.version.number,
          ready: row.status?.readyReplicas ?? 0,
          trouble: whyNotStarting([row]),
          signature: signatureSchema.nullable().parse(row.version.signature),
        },
      ]),
    );
    const told = { plan: endpoint.newestPlan, before: servedView?.entries ?? [] };
    const errors = checkEntries(entries, new Set(revisions.keys()));
    if (errors.length > 0) return { ...told, errors, after: [], moves: [], movedPercent: 0, checks: [] };

    const before = served === null ? [] : storedEntries(served);
    const moves = movesBetween(sharesOf(before), sharesOf(allocate(before, entries)));
    const serving = entries.filter((entry) => entry.role === "live" && entry.weightPercent > 0);
    const cold = serving.filter(({ revision }) => (revisions.get(revision)?.ready ?? 0) === 0);
    const waits = await startSecondsOf(
      tx,
      endpoint.uid,
      cold.map(({ revision }) => revision),
    );
    return {
      ...told,
      errors: [],
      after: entries.map((entry) => ({ ...entry, ...namesOf(revisions.get(entry.revision)) })),
      moves,
      movedPercent: sumOf(moves),
      checks: [
        ...healthChecks((await healthViews(tx, [endpoint.uid]))(endpoint.uid), before, serving),
        ...contractChecks(before, serving, revisions),
        ...capacityChecks(serving, revisions, waits),
      ],
    };
  },
});

const namesOf = (revision: Revision | undefined) => ({
  model: revision?.model ?? "",
  version: String(revision?.version ?? ""),
});

const sharesOf = (entries: readonly PlanEntry[]) =>
  new Map(entries.filter(({ role }) => role === "live").map((entry) => [entry.revision, entry.ranges]));

const sumOf = (moves: readonly Move[]) => Number(moves.reduce((sum, { percent }) => sum + percent, 0).toFixed(2));

type Checks = TrafficPreview["checks"];

/** More traffic for what is in trouble now is the one change that makes it worse for sure. */
function healthChecks(health: HealthView, before: readonly PlanEntry[], serving: readonly TrafficEntry[]): Checks {
  const blamed = serving.find(({ revision }) => revision === health.revision);
  const had = before.find(({ role, revision }) => role === "live" && revision === health.revision)?.weightBps ?? 0;
  if (blamed === undefined || !isMissing(health.state) || blamed.weightPercent * 100 <= had) return [];
  const message = `It would get more traffic although it is ${health.state.toLowerCase()} now: ${health.cause}.`;
  return [{ kind: "health", ok: false, revision: blamed.revision, message }];
}

/** Callers are written for what has most of the traffic now. */
function contractChecks(
  before: readonly PlanEntry[],
  serving: readonly TrafficEntry[],
  revisions: ReadonlyMap<number, Revision>,
): Checks {
  const [most] = before.filter(({ role }) => role === "live").sort((a, b) => b.weightBps - a.weightBps);
  const known = most === undefined ? undefined : revisions.get(most.revision);
  if (known?.signature == null) return [];
  const { signature } = known;
  return serving.flatMap(({ revision }): Checks => {
    const other = revisions.get(revision);
    if (other?.signature == null || other.revision === known.revision) return [];
    const differences = contractDifferences(signature, other.signature);
    const all = [...revisions.values()];
    const [name, before] = [revisionLabel(other, all), versionLabel(known, all)];
    const same = `${name} takes and answers what ${before} does.`;
    const differs = `${name} is not what callers of ${before} expect: ${differences.join(", ")}.`;
    return [
      { kind: "contract", ok: differences.length === 0, revision, message: differences.length === 0 ? same : differs },
    ];
  });
}

const capacityChecks = (
  serving: readonly TrafficEntry[],
  revisions: ReadonlyMap<number, Revision>,
  waitSeconds: number,
): Checks =>
  serving.map(({ revision }) => {
    const known = revisions.get(revision);
    const ready = known?.ready ?? 0;
    const name = known === undefined ? `r${revision}` : revisionLabel(known, revisions.values());
    const trouble = known?.trouble ?? null;
    const message =
      ready > 0
        ? `${name} has ${ready} ready ${ready === 1 ? "pod" : "pods"}.`
        : trouble === null
          ? `${name} has no pods yet: it takes about ${waitSeconds} s, and until then the plan before keeps answering.`
          : `${name} has no ready pod. ${trouble.message} Until that is mended the plan before keeps answering.`;
    return { kind: "capacity", ok: ready > 0, revision, message };
  });
