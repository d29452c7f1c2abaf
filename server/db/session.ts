import pg from "pg";

/** Things that belong to one connection: locks held beyond a transaction, and notifications. */
export type DatabaseSession = Readonly<{
  /** Null when somebody else holds it. Losing the connection, or the process, frees it. */
  tryLock(name: string): Promise<(() => Promise<void>) | null>;
  /** Resolves once notifications of `channel` arrive; call what it returns to stop. */
  listen(channel: string, onPayload: (payload: string) => void): Promise<() => void>;
  close(): Promise<void>;
}>;

/** As often as this somebody who listens is connected again; meanwhile notifications are lost, as they always may be. */
const AGAIN_MS = 1_000;

type Listeners = ReadonlyMap<string, ReadonlySet<(payload: string) => void>>;

/** The one connection, made when first asked for, and again after it was lost: at once for who asks, soon for who listens. */
function connection(url: string, listeners: Listeners, onLost: (error: Error) => void) {
  let connected: Promise<pg.Client> | null = null;
  let closed = false;
  let isDue = false;
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 10_000 });
    client.on("error", onLost);
    client.on("end", () => {
      connected = null;
      listenAgain();
    });
    client.on("notification", ({ channel, payload }) => {
      for (const listener of listeners.get(channel) ?? []) listener(payload ?? "");
    });
    await client.connect();
    for (const channel of listeners.keys()) await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    return client;
  };
  const client = (): Promise<pg.Client> => {
    connected ??= connect().catch((error: unknown) => {
      connected = null;
      throw error;
    });
    return connected;
  };
  const listenAgain = () => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      if (closed || ![...listeners.values()].some(({ size }) => size > 0)) return;
      client().catch(listenAgain);
    }, AGAIN_MS).unref();
  };
  const close = async () => {
    closed = true;
    const open = await connected?.catch(() => null);
    await open?.end();
  };
  return { client, close };
}

/** Connects when first used, and again when the connection was lost. `url` must not lead through a pooler. */
export function openSession(url: string, onLost: (error: Error) => void): DatabaseSession {
  // Locks of a session are granted to it again and again, so who holds what here is counted here.
  const held = new Set<string>();
  const listeners = new Map<string, Set<(payload: string) => void>>();
  const { client, close } = connection(url, listeners, onLost);

  return {
    async tryLock(name) {
      if (held.has(name)) return null;
      held.add(name);
      try {
        const session = await client();
        const { rows } = await session.query<{ locked: boolean }>(
          "SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked",
          [name],
        );
        if (rows[0]?.locked !== true) {
          held.delete(name);
          return null;
        }
        return async () => {
          held.delete(name);
          // A lost connection has let go of it already.
          await session.query("SELECT pg_advisory_unlock(hashtextextended($1, 0))", [name]).catch(onLost);
        };
      } catch (error) {
        held.delete(name);
        throw error;
      }
    },

    async listen(channel, onPayload) {
      const known = listeners.get(channel);
      listeners.set(channel, (known ?? new Set()).add(onPayload));
      const session = await client();
      if (known === undefined) await session.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
      return () => listeners.get(channel)?.delete(onPayload);
    },

    close,
  };
}
