import {
  DECIDED_AT_START,
  type EnvironmentView,
  environmentViewSchema,
  STARTER,
  updateEnvironmentSchema,
} from "#domain/environment/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { stableHash } from "#domain/shared/stable-hash.ts";
import { jsonOrNull } from "#server/db/json.ts";
import { refuseChanged } from "#server/services/changed-meanwhile.ts";
import { defineVerb } from "#server/services/verb.ts";
import { environmentView, lockEnvironment } from "./view.ts";

/** Only what was given and differs is changed and audited. The worker carries it to routers and endpoints. */
export const updateEnvironment = defineVerb({
  name: "environment.update",
  kind: "mutation",
  permission: "environment:write",
  input: updateEnvironmentSchema,
  output: environmentViewSchema,
  run: (ctx, { environment: name, expectedGeneration, reason, ...given }) =>
    ctx.write(async (tx) => {
      const row = await lockEnvironment(tx, name);
      refuseChanged(`The environment "${name}"`, row, expectedGeneration);
      const known = await environmentView(tx, row.id);
      const { before, after } = differences(known, given);
      if (Object.keys(after).length === 0) return { answer: known, unchanged: true };
      refuseStarters(row.createdBy, after);
      const { podMonitorLabels, ...changed } = after;
      await tx.environment.update({
        where: { id: row.id },
        data: {
          ...changed,
          ...("podMonitorLabels" in after ? { podMonitorLabels: jsonOrNull(podMonitorLabels) } : {}),
          generation: { increment: 1 },
          updatedBy: ctx.actor.name,
        },
      });
      await tx.$executeRaw`UPDATE "Environment" SET "updatedAt" = clock_timestamp() WHERE id = ${row.id}::uuid`;
      return {
        answer: await environmentView(tx, row.id),
        audit: {
          action: "environment.update",
          subject: { kind: "environment", id: row.id, name },
          before,
          after,
          reason,
        },
        change: { kind: "environment", key: row.id } as const,
      };
    }),
});

type Present<Given> = { [Field in keyof Given]?: Exclude<Given[Field], undefined> };

function differences<Given extends object>(known: EnvironmentView, given: Given) {
  const changed = Object.entries(given).filter(
    ([field, value]) => value !== undefined && stableHash(value) !== stableHash(known[field as keyof EnvironmentView]),
  );
  return {
    before: Object.fromEntries(changed.map(([field]) => [field, known[field as keyof EnvironmentView]])),
    after: Object.fromEntries(changed) as Present<Given>,
  };
}

/** The next start would undo it. */
function refuseStarters(createdBy: string, after: object): void {
  const fields = createdBy === STARTER ? DECIDED_AT_START.filter((field) => field in after) : [];
  if (fields.length === 0) return;
  const message = "each start of Slipway decides this for its own environment: set the variable and start it again";
  throw new DomainError("invalid", fields.map((path) => `${path}: ${message}`).join("; "), {
    fields: fields.map((path) => ({ path, message })),
  });
}
