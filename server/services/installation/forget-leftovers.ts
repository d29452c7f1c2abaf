import { forgetOldAttempts } from "#server/auth/attempts.ts";
import { forgetOldChanges } from "#server/db/reconcile/changes.ts";
import { forgetOldQuestions } from "#server/db/worker-questions.ts";
import type { Services } from "#server/services/context.ts";
import { forgetOldAnswers } from "#server/services/idempotency.ts";

/** Files of killed and given-up uploads, stored answers and questions past their time. Changes nothing that anybody can see. */
export async function forgetLeftovers({ artifacts, resumableUploads, db, log }: Services): Promise<void> {
  const files = (await artifacts.sweep()) + (await resumableUploads.sweep());
  if (files > 0) log.info({ files }, "removed what uploads left behind");
  await forgetOldAnswers(db.read);
  await forgetOldQuestions(db.read);
  await forgetOldAttempts(db);
  await forgetOldChanges(db.read);
  await db.read.$executeRaw`DELETE FROM "Session" WHERE "expiresAt" < clock_timestamp()`;
}
