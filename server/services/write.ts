import type { Database, Tx } from "#server/db/client.ts";
import { recordChange } from "#server/db/record-change.ts";
import type { Actor, Written } from "./context.ts";
import { type RepeatableCall, storeAnswer } from "./idempotency.ts";

/** Makes a context's `write`: whatever a verb changes, its audit row, change row and stored answer share its fate. */
export const writeAs =
  (db: Database, actor: Actor, requestId: string, call: RepeatableCall | null) =>
  <T>(work: (tx: Tx) => Promise<Written<T>>): Promise<T> =>
    db.inTransaction(async (tx) => {
      const written = await work(tx);
      if (call !== null) await storeAnswer(tx, call, written.keptAnswer ?? written.answer);
      if ("audit" in written) {
        const audit = { ...written.audit, actor, requestId };
        await recordChange(tx, written.change === undefined ? { audit } : { audit, change: written.change });
      }
      return written.answer;
    });
