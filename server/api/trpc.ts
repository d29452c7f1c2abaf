import { getTRPCErrorFromUnknown, initTRPC, tracked } from "@trpc/server";
import type { z } from "zod";
import { DomainError } from "#domain/shared/errors.ts";
import type { followChanges } from "#server/services/changes/follow.ts";
import { requirePermission, type ServiceContext } from "#server/services/context.ts";
import type { Verb } from "#server/services/verb.ts";
import { isUnexpected, toTRPCError } from "./errors.ts";

/** `service` is found when a procedure runs, so that a missing token is one procedure's refusal. */
export type TrpcContext = Readonly<{ requestId: string; service: () => Promise<ServiceContext> }>;

const t = initTRPC.context<TrpcContext>().create({
  // A stream ends now and then and is asked for again, and so is whether its reader still may.
  sse: {
    maxDurationMs: 60_000,
    ping: { enabled: true, intervalMs: 5_000 },
    client: { reconnectAfterInactivityMs: 15_000 },
  },
  errorFormatter: ({ shape, error, ctx }) => {
    const known = error.cause instanceof DomainError ? error.cause : null;
    const { stack: _, ...data } = shape.data;
    const domain = known === null ? null : { code: known.code, detail: known.detail, errors: known.fields };
    return { ...shape, data: { ...data, requestId: ctx?.requestId ?? null, domain } };
  },
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

const mapsErrors = t.middleware(async ({ next, ctx }) => {
  const result = await next();
  if (result.ok) return result;
  if (result.error.code === "INTERNAL_SERVER_ERROR" && isUnexpected(result.error.cause)) {
    const service = await ctx.service().catch(() => null);
    service?.log.error({ err: result.error.cause }, "procedure failed");
  }
  throw toTRPCError(result.error);
});

// The verb parses after it has checked the permission; here the schema gives the types alone.
const unparsed =
  <Schema extends z.ZodType>() =>
  (value: unknown): z.input<Schema> =>
    value as z.input<Schema>;

/** An input is read, and a body with it, only after whoever may not send it was refused. */
const permitted = ({ permission }: Pick<Verb, "permission">) =>
  t.procedure.use(mapsErrors).use(async ({ ctx, next }) => {
    const caller = await ctx.service();
    requirePermission(caller.actor, permission);
    return next({ ctx: { caller } });
  });

export const query = <Input extends z.ZodType, Output extends z.ZodType>(verb: Verb<Input, Output>) =>
  permitted(verb)
    .input(unparsed<Input>())
    .query(({ ctx, input }) => verb.call(ctx.caller, withoutDirection(input)));

/** tRPC's paged queries say which way they page; our cursors know. */
function withoutDirection(input: unknown): unknown {
  if (typeof input !== "object" || input === null || !("direction" in input)) return input;
  const { direction: _, ...asked } = input;
  return asked;
}

export const mutation = <Input extends z.ZodType, Output extends z.ZodType>(verb: Verb<Input, Output>) =>
  permitted(verb)
    .input(unparsed<Input>())
    .mutation(({ ctx, input }) => verb.call(ctx.caller, input));

/** A stream of numbered values that goes on where it was lost. */
export const subscription = (follow: typeof followChanges) =>
  t.procedure
    .use(mapsErrors)
    .input((value: unknown) => value as { lastEventId?: string | null } | undefined)
    .subscription(async function* ({ ctx, input, signal }) {
      const never = new AbortController().signal;
      try {
        for await (const { id, news } of follow(ctx.service, input, signal ?? never)) yield tracked(id, news);
      } catch (error) {
        // What a stream fails with on its way passes no middleware; a browser asks again after what is not a refusal.
        throw toTRPCError(getTRPCErrorFromUnknown(error));
      }
    });
