import { z } from "zod";
import { DomainError } from "#domain/shared/errors.ts";
import { digestSchema } from "#domain/shared/names.ts";
import { type Signature, signatureSchema } from "#domain/shared/signature.ts";
import {
  formatSchema,
  type VersionSummary,
  type VersionView,
  versionIdSchema,
  versionViewSchema,
} from "#domain/version/schema.ts";
import type { Tx } from "#server/db/client.ts";

const WITH_NAMES = { model: true, artifact: { select: { sizeBytes: true } }, aliases: true } as const;
type Found = Awaited<ReturnType<typeof findVersion>>;

/** Throws `not_found`. */
export async function findVersion(tx: Tx, model: string, number: string) {
  const version = await tx.modelVersion.findFirst({
    where: { model: { name: model }, number: Number(number) },
    include: WITH_NAMES,
  });
  if (version === null) throw new DomainError("not_found", `There is no version ${number} of a model "${model}".`);
  return version;
}

const NUMBER_DIGITS_MAX = 9;

/** For what somebody typed to find a version by; everything when that is nothing. */
export function whatMatches(search: string) {
  if (search === "") return {};
  const [, digits] = /^v?([1-9]\d*)$/.exec(search) ?? [];
  if (digits === undefined) return { aliases: { some: { name: { contains: search.toLowerCase() } } } };
  // As ranges, which the index on the number knows: 12, 120 to 129, 1200 to 1299…
  const free = Array.from({ length: Math.max(0, NUMBER_DIGITS_MAX - digits.length + 1) }, (_, power) => 10 ** power);
  return { OR: free.map((span) => ({ number: { gte: Number(digits) * span, lt: (Number(digits) + 1) * span } })) };
}

/** Newest first, below `before` when given. */
export const findVersions = (
  tx: Tx,
  where: { model: { name: string } } & ReturnType<typeof whatMatches>,
  before: number | undefined,
  take: number,
) =>
  tx.modelVersion.findMany({
    omit: { exampleInput: true },
    where: { AND: [where, before === undefined ? {} : { number: { lt: before } }] },
    include: WITH_NAMES,
    orderBy: { number: "desc" },
    take,
  });

const { shape } = versionViewSchema;

export const versionView = (row: Found): VersionView => ({
  ...versionSummary(row),
  exampleInput: row.exampleInput as z.infer<ReturnType<typeof z.json>> | null,
});

export function versionSummary(row: Omit<Found, "exampleInput">): VersionSummary {
  return {
    id: versionIdSchema.parse(row.id),
    model: row.model.name,
    version: String(row.number),
    status: shape.status.parse(row.status),
    failure: row.failure,
    artifact: digestSchema.parse(row.artifactDigest),
    sizeBytes: Number(row.artifact.sizeBytes),
    format: formatSchema.parse(row.format),
    signature: storedSignature(row.signature),
    description: row.description,
    metrics: shape.metrics.parse(row.metrics),
    params: shape.params.parse(row.params),
    tags: row.tags,
    source: shape.source.parse(row.source),
    labels: shape.labels.parse(row.labels),
    featureNames: shape.featureNames.parse(row.featureNames),
    preprocessing: shape.preprocessing.parse(row.preprocessing),
    aliases: row.aliases.map((alias) => alias.name).sort(),
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
  };
}

const storedSignature = (stored: unknown): Signature | null => z.union([signatureSchema, z.null()]).parse(stored);
