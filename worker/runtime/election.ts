import pg from "pg";
import { LEADER_LOCK } from "#server/db/leader-lock.ts";

const PROOF_MS = 5_000;

export type Leadership = Readonly<{
  /** Notifications of the channels listened to. */
  listen(channel: string, onPayload: (payload: string) => void): Promise<void>;
  /** Lets go of the lock, so that a standby takes over at once. */
  resign(): Promise<void>;
}>;

/**
 * Waits, for as long as it takes, until this process holds the one session lock of all workers. `onLost` is called when
 * the connection that holds it is gone or answers no more: from then on another worker may lead. `url` must not lead
 * through a pooler. Throws when the database cannot be reached at first.
 */
export async function lead(url: string, onLost: (cause: Error) => void): Promise<Leadership> {
  const client = new pg.Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 10_000 });
  const listeners = new Map<string, (payload: string) => void>();
  let resigned = false;
  const lost = (cause: Error) => {
    if (!resigned) onLost(cause);
  };
  client.on("error", lost);
  client.on("end", () => lost(new Error("the connection ended")));
  client.on("notification", ({ channel, payload }) => listeners.get(channel)?.(payload ?? ""));
  await client.connect();
  await client.query("SELECT pg_advisory_lock($1)", [LEADER_LOCK]);
  // A connection whose other end vanished says nothing until it is used.
  const proof = setInterval(() => {
    const silence = setTimeout(() => lost(new Error(`no answer within ${PROOF_MS} ms`)), PROOF_MS);
    client.query("SELECT 1").then(() => clearTimeout(silence), lost);
  }, PROOF_MS);
  return {
    async listen(channel, onPayload) {
      listeners.set(channel, onPayload);
      await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    },
    async resign() {
      resigned = true;
      clearInterval(proof);
      await client.end();
    },
  };
}
