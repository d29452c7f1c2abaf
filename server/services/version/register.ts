import { DomainError } from "#domain/shared/errors.ts";
import type { Inspection, TensorSpec } from "#domain/shared/signature.ts";
import { labelsMisfit } from "#domain/version/labels.ts";
import { registerVersionSchema, versionViewSchema, whyNotServed } from "#domain/version/schema.ts";
import { isUniqueViolation } from "#server/db/errors.ts";
import { jsonOrNull } from "#server/db/json.ts";
import type { ServiceContext } from "#server/services/context.ts";
import { findModel, lockModel, modelNameTaken } from "#server/services/model/view.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findVersion, versionView } from "./view.ts";

export const registerVersion = defineVerb({
  name: "version.register",
  kind: "mutation",
  permission: "model:write",
  input: registerVersionSchema,
  output: versionViewSchema,
  async run(ctx, input) {
    if (!input.createModel) await findModel(ctx.db.read, input.model);
    const failure = whyNotServed(input.format);
    const inspection = await inspectArtifact(ctx, input.artifact, failure === null);
    if (input.labels && inspection) refuseMisfit(input.labels, inspection.signature.outputs);

    const registered = ctx.write(async (tx) => {
      if (input.createModel) await tx.model.create({ data: { name: input.model, createdBy: ctx.actor.name } });
      const model = await lockModel(tx, input.model);
      const newest = await tx.modelVersion.aggregate({ where: { modelId: model.id }, _max: { number: true } });
      const number = (newest._max.number ?? 0) + 1;
      if (inspection !== null)
        await tx.artifact.update({ where: { digest: input.artifact }, data: { graph: inspection.graph } });
      await tx.modelVersion.create({
        data: {
          modelId: model.id,
          number,
          artifactDigest: input.artifact,
          format: input.format,
          status: failure === null ? "ready" : "registered",
          failure,
          description: input.description,
          signature: jsonOrNull(inspection?.signature),
          metrics: input.metrics,
          params: jsonOrNull(input.params),
          tags: input.tags,
          source: jsonOrNull(input.source),
          exampleInput: jsonOrNull(input.exampleInput ?? inspection?.exampleInput),
          labels: jsonOrNull(input.labels),
          featureNames: jsonOrNull(input.featureNames),
          preprocessing: jsonOrNull(input.preprocessing),
          createdBy: ctx.actor.name,
        },
      });
      const version = versionView(await findVersion(tx, input.model, String(number)));
      return {
        answer: version,
        audit: {
          action: "version.register",
          subject: { kind: "version", id: version.id, name: `${input.model} v${number}` },
          after: {
            artifact: input.artifact,
            format: input.format,
            status: version.status,
            ...(input.createModel ? { createdModel: input.model } : {}),
          },
        },
      };
    });
    return registered.catch((cause: unknown) => {
      throw input.createModel && isUniqueViolation(cause) ? modelNameTaken(input.model, cause) : cause;
    });
  },
});

/**
 * The bytes must be here, and a model that is to be served must load and run once.
 * Throws `not_found` or `invalid_model`; nothing is written by then.
 */
async function inspectArtifact(ctx: ServiceContext, digest: string, isServed: boolean) {
  const known = await ctx.db.read.artifact.findUnique({ where: { digest } });
  const file = known === null ? null : await ctx.artifacts.find(digest);
  if (file === null)
    throw new DomainError("not_found", `There is no artifact ${digest}. Upload it first: PUT /artifacts.`);
  if (!isServed) return null;
  const inspection = await ctx.inspector.inspect(file.path, ctx.signal);
  if (!inspection.ok) throw invalidModel(inspection);
  return inspection;
}

function refuseMisfit(labels: readonly string[], outputs: readonly TensorSpec[]): void {
  const message = labelsMisfit(labels.length, outputs);
  if (message !== null) throw new DomainError("invalid", message, { fields: [{ path: "labels", message }] });
}

const invalidModel = ({ failure, code }: Extract<Inspection, { ok: false }>) =>
  new DomainError("invalid_model", failure, { detail: { reason: code } });
