import { type RollbackPreview, rollbackPreviewInputSchema, rollbackPreviewSchema } from "#domain/endpoint/preview.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { revisionLabel } from "#domain/shared/version-label.ts";
import type { PlanView } from "#domain/shared/views.ts";
import { rollbackCapacity } from "#domain/traffic/capacity.ts";
import type { PlanRow } from "#server/db/plans.ts";
import type { ServiceContext } from "#server/services/context.ts";
import { type EndpointRow, findEndpoint } from "#server/services/endpoint/find.ts";
import { healthViews } from "#server/services/endpoint/health-view.ts";
import { quoted } from "#server/services/endpoint/promql.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findServedPlan } from "./base-plan.ts";
import { planViews } from "./plan-view.ts";
import { chosenPlans, rollbackChoice } from "./rollback-choice.ts";
import { startSecondsOf, whyNotStarting } from "./start-seconds.ts";

const CHOICES_MAX = 20;
/** Routers swap a plan in milliseconds; proving that all did takes about this long. */
const WARM_SECONDS = 1;

type Entry = PlanView["entries"][number];

/** What Roll back would do, said before the click. The rollback itself chooses again, by the same rule. */
export const previewRollback = defineVerb({
  name: "endpoint.rollbackPreview",
  kind: "query",
  permission: "endpoint:read",
  input: rollbackPreviewInputSchema,
  output: rollbackPreviewSchema,
  async run(ctx, { toPlan, ...ref }) {
    const tx = ctx.db.read;
    const endpoint = await findEndpoint(tx, ref);
    const { choice, current } = await rollbackChoice(tx, endpoint.uid, toPlan);
    // A plan that waits for its pods answers nobody.
    const served = current === null ? null : await findServedPlan(tx, endpoint.uid);
    const [until] = served === null ? [] : await planViews(tx, [served]);
    const left = current === null ? null : { plan: current, entries: until?.entries ?? [] };
    if (choice.kind === "none") {
      const choices = choice.choices.slice(0, CHOICES_MAX);
      const rows = await chosenPlans(
        tx,
        endpoint.uid,
        choices.map(({ plan }) => plan),
      );
      const views = await planViews(tx, rows);
      const shown = choices.map(({ plan, refusedBecause }, index) => ({
        plan,
        refusedBecause,
        entries: views[index]?.entries ?? [],
      }));
      return { target: null, why: choice.why, leaves: left, unlikelyToHelp: null, choices: shown };
    }
    const [row] = (await chosenPlans(tx, endpoint.uid, [choice.plan])) as [PlanRow];
    const [view] = await planViews(tx, [row]);
    const entries = view?.entries ?? [];
    const target = await targetOf(ctx, endpoint, row, entries, left?.entries ?? [], choice.against);
    const unlikelyToHelp = await whyNoHelp(ctx, endpoint, entries);
    return { target, why: null, leaves: left, unlikelyToHelp, choices: [] };
  },
});

const answers = ({ role, weightPercent }: Entry) => role === "live" && weightPercent > 0;

async function targetOf(
  ctx: ServiceContext,
  endpoint: EndpointRow,
  row: PlanRow,
  entries: readonly Entry[],
  now: readonly Entry[],
  against: string | null,
): Promise<RollbackPreview["target"]> {
  const revisions = await ctx.db.read.revision.findMany({
    where: { endpointUid: endpoint.uid },
    include: { status: true },
  });
  const podsOf = ({ revision }: Entry) => {
    const row = revisions.find(({ number }) => number === revision);
    return { ready: row?.status?.readyReplicas ?? 0, full: row?.replicasMin ?? 0 };
  };
  const readyOf = (entry: Entry) => podsOf(entry).ready;
  const answering = entries.filter(answers);
  const { asks: asksWhen, ...capacity } = rollbackCapacity(answering.map(podsOf), now.filter(answers).map(podsOf));
  const cold = answering.filter((entry) => readyOf(entry) === 0);
  const coldNumbers = cold.map(({ revision }) => revision);
  const cannotStart = whyNotStarting(revisions.filter(({ number }) => coldNumbers.includes(number)));
  const waits = await startSecondsOf(ctx.db.read, endpoint.uid, coldNumbers);
  return {
    plan: row.number,
    entries: entries.map((entry) => ({ ...entry, ready: readyOf(entry), warm: readyOf(entry) > 0 })),
    liveFrom: row.firstServedAt?.toISOString() ?? null,
    liveTo: row.supersededAt?.toISOString() ?? null,
    latencyMsP95: await latencyThen(ctx, endpoint, row, entries),
    warm: cold.length === 0,
    waitSeconds: cannotStart !== null ? null : cold.length === 0 ? WARM_SECONDS : waits,
    cannotStart,
    missedTargets: row.missedTargetsAt !== null,
    against: row.missedTargetsAt !== null ? "it missed its health targets" : against,
    ...capacity,
    asksWhen,
  };
}

/** Over the last hour in which it was served. Null: it was not, or metrics cannot be had. */
async function latencyThen(
  ctx: ServiceContext,
  endpoint: EndpointRow,
  { firstServedAt, supersededAt }: PlanRow,
  entries: readonly Entry[],
): Promise<number | null> {
  if (firstServedAt === null) return null;
  const toSeconds = Math.floor((supersededAt ?? new Date()).getTime() / 1000);
  const lived = toSeconds - Math.floor(firstServedAt.getTime() / 1000);
  const window = Math.max(60, Math.min(3_600, lived));
  const revisions = entries.filter(answers).map(({ revision }) => revision);
  const labels = `environment=${quoted(endpoint.environment.name)},endpoint=${quoted(endpoint.name)},revision=~${quoted(revisions.join("|"))}`;
  const promql = `1000 * histogram_quantile(0.95, sum by (le) (rate(slipway_request_duration_seconds_bucket{${labels},role="live"}[${window}s])))`;
  const range = { fromSeconds: toSeconds, toSeconds, stepSeconds: 60 };
  try {
    const [sample] = await ctx.metrics.range(promql, range, ctx.signal);
    return sample?.values.get(toSeconds) ?? null;
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

/** An endpoint whose trouble is not a revision's own, or whose target is the very one that is in trouble. */
async function whyNoHelp(
  ctx: ServiceContext,
  endpoint: EndpointRow,
  entries: readonly Entry[],
): Promise<string | null> {
  const health = (await healthViews(ctx.db.read, [endpoint.uid]))(endpoint.uid);
  if (health.state !== "Degraded" && health.state !== "Failing") return null;
  const guilty = entries.find((entry) => answers(entry) && entry.revision === health.revision);
  if (guilty !== undefined)
    return `It would go on serving ${revisionLabel(guilty, entries)}, which is what misses its targets: rolling back will probably not help.`;
  if (health.revision === null) return "No revision does better than another: rolling back will probably not help.";
  return null;
}
