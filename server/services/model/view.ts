import { type ModelView, modelIdSchema } from "#domain/model/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import type { Tx } from "#server/db/client.ts";

type ModelRow = NonNullable<Awaited<ReturnType<Tx["model"]["findUnique"]>>>;

/** Throws `not_found`. */
export async function findModel(tx: Tx, name: string): Promise<ModelRow> {
  const model = await tx.model.findUnique({ where: { name } });
  if (model === null) throw new DomainError("not_found", `There is no model "${name}".`);
  return model;
}

export const modelNameTaken = (name: string, cause: unknown) =>
  new DomainError("name_taken", `There is a model "${name}" already.`, { cause });

/** As `findModel`, and nobody else numbers a version or moves an alias of it until this transaction ends. */
export async function lockModel(tx: Tx, name: string): Promise<ModelRow> {
  await tx.$queryRaw`SELECT 1 FROM "Model" WHERE name = ${name} FOR UPDATE`;
  return findModel(tx, name);
}

export async function modelViews(tx: Tx, models: readonly ModelRow[]): Promise<ModelView[]> {
  const ids = { in: models.map((model) => model.id) };
  const newest = await tx.modelVersion.groupBy({ by: ["modelId"], where: { modelId: ids }, _max: { number: true } });
  const aliases = await tx.alias.findMany({ where: { modelId: ids }, include: { version: true } });
  const latest = new Map(newest.map((row) => [row.modelId, row._max.number]));
  return models.map((model) => ({
    id: modelIdSchema.parse(model.id),
    name: model.name,
    description: model.description,
    tags: model.tags,
    latestVersion: latest.get(model.id)?.toString() ?? null,
    aliases: Object.fromEntries(
      aliases.filter((alias) => alias.modelId === model.id).map((alias) => [alias.name, String(alias.version.number)]),
    ),
    createdBy: model.createdBy,
    createdAt: model.createdAt.toISOString(),
  }));
}

export async function modelView(tx: Tx, model: ModelRow): Promise<ModelView> {
  const [view] = await modelViews(tx, [model]);
  if (view === undefined) throw new Error(`no view of model ${model.id}`);
  return view;
}
