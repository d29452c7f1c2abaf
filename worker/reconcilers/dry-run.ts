import { z } from "zod";
import { planConfigMapName } from "#domain/shared/cluster-names.ts";
import { revisionObjects } from "#k8s/manifests/revision.ts";
import { loadEnvironment } from "#server/db/reconcile/environment-state.ts";
import { answerRequest, findVersion, openRequests, type WorkerRequestRow } from "#server/db/reconcile/requests.ts";
import { type ClusterObject, isClusterError } from "#server/ports/cluster.ts";
import type { WorkerContext } from "#worker/runtime/context.ts";
import { type Difference, differencesOf } from "./differences.ts";
import { refOf } from "./ensure.ts";
import { manifestScope, revisionInput } from "./render.ts";

const requestSchema = z.object({
  endpoint: z.object({ uid: z.uuid(), name: z.string() }),
  environmentId: z.uuid(),
  number: z.number().int(),
  versionId: z.uuid(),
  runtime: z.string(),
  replicasMin: z.number().int(),
  replicasMax: z.number().int(),
  resources: z.object({ cpu: z.string(), memory: z.string(), gpu: z.number() }),
  env: z
    .record(z.string(), z.union([z.string(), z.object({ secretRef: z.object({ name: z.string(), key: z.string() }) })]))
    .nullable()
    .transform((env) => env ?? {}),
});

type ObjectAnswer = Readonly<{ kind: string; name: string; action: string; fields: readonly Difference[] }>;
type DryRunAnswer = { objects: unknown[]; differences: ObjectAnswer[] };

/**
 * Answers what web has asked and nobody has answered, each question on its own: one about a cluster that is away holds
 * up no other. One that fails is answered with what was wrong.
 */
export function createAnswering(ctx: WorkerContext): () => Promise<void> {
  const underWay = new Set<string>();
  const answerOne = async ({ id, kind, request }: WorkerRequestRow) => {
    if (underWay.has(id)) return;
    underWay.add(id);
    try {
      const answer =
        kind === "dryRunRevision"
          ? await dryRunRevision(ctx, request).catch((error: unknown) => refusal(error))
          : refusal(new Error(`the worker knows no question "${kind}"`));
      await answerRequest(ctx.db, id, answer);
    } finally {
      underWay.delete(id);
    }
  };
  return async () => {
    await Promise.all((await openRequests(ctx.db)).map(answerOne));
  };
}

/** In the shape of an answer, so that the person sees the cluster's own words. */
const refusal = (error: unknown): DryRunAnswer => {
  const message = error instanceof Error ? error.message : String(error);
  const fields = isClusterError(error) ? error.fields : [];
  const differences = [message, ...fields].map((text) => ({ path: "", from: null, to: text }));
  return { objects: [], differences: [{ kind: "", name: "", action: "refused", fields: differences }] };
};

/** What a revision's objects would become: a server-side dry run of each, against what is there. */
async function dryRunRevision(ctx: WorkerContext, request: unknown): Promise<DryRunAnswer> {
  const asked = requestSchema.parse(request);
  const { endpoint } = asked;
  const environment = await loadEnvironment(ctx.db, asked.environmentId);
  const version = await findVersion(ctx.db, asked.versionId);
  if (environment === null || version === null) throw new Error("the environment or the version is gone");
  const { namespace, clusterId } = environment;
  const cluster = ctx.clusters.of(clusterId);
  if (cluster === null) throw new Error("the worker is not connected to this cluster: see Settings → Clusters");
  const plan = await cluster.get({
    apiVersion: "v1",
    kind: "ConfigMap",
    namespace,
    name: planConfigMapName(endpoint.name),
  });
  const owner = plan?.metadata.uid ?? endpoint.uid;
  const input = revisionInput(endpoint, owner, { ...asked, ...version }, asked.replicasMin);
  const answer: DryRunAnswer = { objects: [], differences: [] };
  for (const manifest of revisionObjects(manifestScope(ctx, environment), input)) {
    const live = await cluster.get(refOf(manifest));
    const would = withoutBookkeeping(await cluster.apply(manifest, { dryRun: true, force: true }));
    const fields = differencesOf(live === null ? undefined : withoutBookkeeping(live), would);
    answer.objects.push(would);
    answer.differences.push({
      kind: manifest.kind,
      name: manifest.metadata.name,
      action: live === null ? "create" : fields.length > 0 ? "change" : "none",
      // Of a new object everything is new: the object itself says it.
      fields: live === null ? [] : fields,
    });
  }
  return answer;
}

/** What the server notes for itself differs each time and tells nobody anything. */
function withoutBookkeeping(object: ClusterObject): unknown {
  const { managedFields: _m, resourceVersion: _r, generation: _g, uid: _u, ...metadata } = object.metadata;
  const { status: _status, ...rest } = object;
  return { ...rest, metadata };
}
