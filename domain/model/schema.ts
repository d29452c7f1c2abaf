import { z } from "zod";
import { modelNameSchema, nameSchema } from "#domain/shared/names.ts";
import { pageInput } from "#domain/shared/page.ts";
import { momentSchema } from "#domain/shared/views.ts";

export const modelIdSchema = z.uuid().brand<"ModelId">();

export const tagSchema = z.string().trim().min(1, "a tag cannot be empty").max(60);
export const tagsSchema = z.array(tagSchema).max(50);

export const createModelSchema = z.strictObject({
  name: modelNameSchema,
  description: z.string().max(20_000).default(""),
  tags: tagsSchema.default([]),
});

export const listModelsSchema = z.strictObject({
  /** Part of a name, whatever its case. */
  search: z.string().max(120).optional(),
  tag: tagSchema.optional(),
  ...pageInput,
});

export const modelRefSchema = z.strictObject({ model: modelNameSchema });

export const modelViewSchema = z.object({
  id: modelIdSchema,
  name: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  /** Null: no version yet. */
  latestVersion: z.string().nullable(),
  aliases: z.record(z.string(), z.string()),
  createdBy: z.string(),
  createdAt: momentSchema,
});
export type ModelView = z.infer<typeof modelViewSchema>;

/** `latest` would read as an alias that moves by itself, which none does. */
const aliasNameSchema = nameSchema.refine((name) => name !== "latest", "this name is reserved");

export const putAliasSchema = z.strictObject({
  model: modelNameSchema,
  alias: aliasNameSchema,
  version: z.string().regex(/^[1-9][0-9]{0,8}$/, 'a version is its number as text, such as "3"'),
});
export const deleteAliasSchema = z.strictObject({ model: modelNameSchema, alias: aliasNameSchema });
export const aliasViewSchema = z.object({
  model: z.string(),
  alias: z.string(),
  /** Null: the alias is gone. */
  version: z.string().nullable(),
});
