import { z } from "zod";
import { digestSchema } from "#domain/shared/names.ts";
import { artifactViewSchema } from "#domain/version/schema.ts";
import { defineVerb } from "#server/services/verb.ts";

const putArtifactSchema = z.strictObject({
  body: z.instanceof(ReadableStream<Uint8Array>),
  sizeBytes: z.number().int().min(0).optional(),
  sha256: z.instanceof(Uint8Array).optional(),
});

/** The file first, then its row: bytes without a row are found again by the next upload of the same content. */
export const putArtifact = defineVerb({
  name: "artifact.put",
  kind: "mutation",
  permission: "model:write",
  input: putArtifactSchema,
  output: artifactViewSchema,
  async run(ctx, { body, sizeBytes, sha256 }) {
    const stored = await ctx.artifacts.receive(body, {
      bytesMax: ctx.uploadBytesMax,
      sizeBytes,
      sha256,
      signal: ctx.signal,
    });
    const answer = { digest: digestSchema.parse(stored.digest), sizeBytes: stored.sizeBytes };
    return ctx.write(async (tx) => {
      const { count } = await tx.artifact.createMany({
        data: [{ ...answer, createdBy: ctx.actor.name }],
        skipDuplicates: true,
      });
      if (count === 0) return { answer, unchanged: true };
      const subject = { kind: "artifact", id: answer.digest, name: answer.digest };
      return { answer, audit: { action: "artifact.put", subject, after: { sizeBytes: answer.sizeBytes } } };
    });
  },
});
