import { z } from "zod";
import { momentSchema } from "#domain/shared/views.ts";

/** The newest audit row that the follower has seen; without one it is told only what happens from now on. */
export const followChangesSchema = z
  .strictObject({
    lastEventId: z
      .string()
      .regex(/^\d{1,19}$/)
      .nullish(),
  })
  .default({});

export const newsSchema = z.object({
  /** The database's clock: an answer that does not come is how a reader knows that it is blind. */
  at: momentSchema,
  /** Until when the worker has certainly seen every cluster; null: there is no environment yet. */
  observedAt: momentSchema.nullable(),
  /** What changed since the news before, by what the audit log calls it; status counts as a change of its endpoint. */
  changed: z.array(z.object({ kind: z.string(), id: z.string(), name: z.string() })),
  /** More changed than is told one by one. */
  everything: z.boolean(),
});
export type News = z.infer<typeof newsSchema>;

/** Whether what `actorId` may do could be another thing after these news. */
export const concerns = ({ everything, changed }: Pick<News, "everything" | "changed">, actorId: string): boolean =>
  everything || changed.some(({ id }) => id === actorId);
