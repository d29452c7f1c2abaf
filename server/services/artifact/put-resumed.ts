import { z } from "zod";
import { DomainError } from "#domain/shared/errors.ts";
import { digestSchema } from "#domain/shared/names.ts";
import { type ArtifactView, artifactViewSchema } from "#domain/version/schema.ts";
import { noSuchUpload } from "#server/ports/resumable-uploads.ts";
import type { ServiceContext } from "#server/services/context.ts";
import { defineVerb } from "#server/services/verb.ts";
import { putArtifact } from "./put.ts";

const resumedSchema = z.strictObject({ id: z.string().regex(/^[0-9a-f]{32}$/) });

/**
 * The artifact that an upload in pieces became. A whole one that is none yet is made one now: the process that took its
 * last piece may have been killed, or told nobody. Throws `not_found`, also to who did not send it, and `invalid` while
 * bytes are missing.
 */
export const putResumed = defineVerb({
  name: "artifact.putResumed",
  kind: "mutation",
  permission: "model:write",
  input: resumedSchema,
  output: artifactViewSchema,
  async run(ctx, { id }) {
    const upload = await ctx.resumableUploads.find(id);
    if (upload === null || upload.ownerId !== ctx.actor.id) throw noSuchUpload();
    const { digest, sizeBytes, receivedBytes } = upload;
    if (digest !== null) return { digest: digestSchema.parse(digest), sizeBytes };
    if (receivedBytes < sizeBytes)
      throw new DomainError("invalid", `${receivedBytes} of ${sizeBytes} bytes have arrived so far.`);
    const running = finishing.get(id) ?? finish(ctx, id, sizeBytes).finally(() => finishing.delete(id));
    finishing.set(id, running);
    return running;
  },
});

/** Whoever asks while it is made waits for the same one: gigabytes are copied and hashed once. */
const finishing = new Map<string, Promise<ArtifactView>>();

async function finish(ctx: ServiceContext, id: string, sizeBytes: number): Promise<ArtifactView> {
  const stored = await putArtifact.call(ctx, { body: ctx.resumableUploads.read(id), sizeBytes });
  await ctx.resumableUploads.settle(id, stored.digest);
  return stored;
}
