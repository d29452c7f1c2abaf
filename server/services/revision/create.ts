import { randomUUID } from "node:crypto";
import { findRuntime, runtimeNames, runtimesWithGpu } from "#domain/revision/runtimes.ts";
import {
  type CreateRevision,
  createRevisionAnswerSchema,
  createRevisionSchema,
  dryRunViewSchema,
} from "#domain/revision/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { BUCKETS } from "#domain/traffic/wire.ts";
import type { Tx } from "#server/db/client.ts";
import { jsonOrNull } from "#server/db/json.ts";
import { requireWriteIn, type ServiceContext } from "#server/services/context.ts";
import { placeForEndpoint } from "#server/services/endpoint/create.ts";
import { deleting, type EndpointRow, findEndpoint, lockEndpoint } from "#server/services/endpoint/find.ts";
import { findBasePlan } from "#server/services/traffic/base-plan.ts";
import { decidePlan, describeEntries, type PlanEntry, storedEntries } from "#server/services/traffic/decide-plan.ts";
import { planView } from "#server/services/traffic/plan-view.ts";
import { defineVerb } from "#server/services/verb.ts";
import { revisionView } from "./view.ts";

export const createRevision = defineVerb({
  name: "revision.create",
  kind: "mutation",
  permission: "endpoint:write",
  input: createRevisionSchema,
  output: createRevisionAnswerSchema,
  run(ctx, input) {
    refuseUnfitRuntime(input);
    return input.dryRun ? dryRun(ctx, input) : create(ctx, input);
  },
});

/** The revision and its plan in one transaction: the first one gets all traffic, a later one none yet. */
const create = (ctx: ServiceContext, input: CreateRevision) =>
  ctx.write(async (tx) => {
    const endpoint = await lockEndpoint(tx, input);
    requireWriteIn(ctx.actor, endpoint.environment.kind);
    const version = await findDeployable(tx, input);
    const number = (await countRevisions(tx, endpoint)) + 1;
    const row = await tx.revision.create({
      data: {
        endpointUid: endpoint.uid,
        number,
        versionId: version.id,
        ...howItRuns(input),
        createdBy: ctx.actor.name,
      },
    });
    const base = await findBasePlan(tx, endpoint.uid);
    const entries = withNewRevision(base === null ? [] : storedEntries(base), number);
    const plan = await decidePlan(tx, endpoint, {
      kind: "revision",
      entries,
      salt: base?.salt ?? endpoint.salt,
      decidedBy: ctx.actor.name,
    });
    const named = { ...row, version: { number: version.number, model: { name: input.model } }, status: null };
    const { dryRun: _, newEndpoint: __, endpoint: ___, environment: ____, ...asked } = input;
    return {
      answer: {
        ...revisionView(named, []),
        endpoint: endpoint.name,
        environment: endpoint.environment.name,
        plan: await planView(tx, plan),
      },
      audit: {
        action: "revision.create",
        subject: { kind: "endpoint", id: endpoint.uid, name: endpoint.name },
        before: { plan: base?.number ?? null },
        after: {
          revision: number,
          ...asked,
          version: String(version.number),
          plan: plan.number,
          entries: describeEntries(entries),
        },
      },
      change: { kind: "endpoint", key: endpoint.uid } as const,
    };
  });

/** What the cluster would say to it; nothing is written here or there. */
async function dryRun(ctx: ServiceContext, input: CreateRevision) {
  const tx = ctx.db.read;
  const place = await (input.newEndpoint ? wouldBe(ctx, tx, input) : existing(ctx, tx, input));
  const version = await findDeployable(tx, input);
  const request = { ...place, versionId: version.id, ...howItRuns(input) };
  const answer = await ctx.worker.ask("dryRunRevision", request);
  return dryRunViewSchema.parse({ dryRun: true, ...(answer as object) });
}

type Place = Readonly<{ endpoint: { uid: string; name: string }; environmentId: string; number: number }>;

async function existing(ctx: ServiceContext, tx: Tx, input: CreateRevision): Promise<Place> {
  const endpoint = await findEndpoint(tx, input);
  if (endpoint.deletedAt !== null) throw deleting(endpoint.name, endpoint.deletedAt);
  requireWriteIn(ctx.actor, endpoint.environment.kind);
  const { uid, name, environment } = endpoint;
  return { endpoint: { uid, name }, environmentId: environment.id, number: (await countRevisions(tx, endpoint)) + 1 };
}

/** Under a uid of the moment: that of the endpoint is not known before somebody makes it. */
async function wouldBe(
  ctx: ServiceContext,
  tx: Tx,
  { endpoint: name, environment = "" }: CreateRevision,
): Promise<Place> {
  const { id } = await placeForEndpoint(tx, ctx.actor, { name, environment });
  return { endpoint: { uid: randomUUID(), name }, environmentId: id, number: 1 };
}

const howItRuns = ({ runtime, replicas, resources, env }: CreateRevision) => ({
  runtime,
  replicasMin: replicas.min,
  replicasMax: replicas.max ?? replicas.min,
  resources,
  env: jsonOrNull(env),
});

const countRevisions = async (tx: Tx, endpoint: EndpointRow): Promise<number> =>
  (await tx.revision.aggregate({ where: { endpointUid: endpoint.uid }, _max: { number: true } }))._max.number ?? 0;

export function withNewRevision(before: readonly PlanEntry[], revision: number): PlanEntry[] {
  const isServing = before.some((entry) => entry.role === "live" && entry.weightBps > 0);
  const added: PlanEntry = isServing
    ? { revision, role: "live", weightBps: 0, ranges: [] }
    : { revision, role: "live", weightBps: BUCKETS, ranges: [[0, BUCKETS]] };
  return [...before, added];
}

/** Only a version that was loaded and run once may be deployed. Throws `not_found` or `invalid`. */
async function findDeployable(tx: Tx, { model, version, alias }: CreateRevision) {
  const found = await tx.modelVersion.findFirst({
    where: {
      model: { name: model },
      ...(version === undefined ? {} : { number: Number(version) }),
      ...(alias === undefined ? {} : { aliases: { some: { name: alias } } }),
    },
  });
  const asked = version === undefined ? `alias "${alias}"` : `version ${version}`;
  if (found === null) throw new DomainError("not_found", `There is no ${asked} of a model "${model}".`);
  if (found.status === "ready") return found;
  const message =
    `Version ${found.number} of "${model}" is ${found.status} and cannot be deployed. ${found.failure ?? ""}`.trim();
  throw new DomainError("invalid", message, { fields: [{ path: "version", message }] });
}

function refuseUnfitRuntime({ runtime: name, resources }: CreateRevision) {
  const runtime = findRuntime(name);
  if (runtime === null) {
    const message = `There is no runtime "${name}"; there is ${runtimeNames().join(", ")}.`;
    throw new DomainError("invalid", message, { fields: [{ path: "runtime", message }] });
  }
  if (resources.gpu === 0 || runtime.devices.includes("gpu")) return;
  const able = runtimesWithGpu();
  const instead = able.length === 0 ? "no runtime of this release uses one" : `these do: ${able.join(", ")}`;
  throw new DomainError("device_unsupported", `The runtime "${name}" cannot use a GPU; ${instead}. Ask for gpu: 0.`, {
    detail: { runtimesWithGpu: able },
    fields: [{ path: "resources.gpu", message: `the runtime "${name}" cannot use a GPU` }],
  });
}
