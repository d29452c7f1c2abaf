import { connect, type Socket } from "node:net";
import type { Endpoint } from "./table.ts";

const CONNECT_TIMEOUT_MS = 1000;
/** How long a client is kept while no endpoint answers: longer than a pod's restart takes, shorter than patience. */
const HOLD_MS = 3000;
const HOLD_POLL_MS = 50;

/** Open connections per endpoint, shared by all listeners. */
export type Load = Map<string, number>;

const keyOf = ({ host, port }: Endpoint): string => `${host}:${port}`;

/** Fewest open connections first; equals in turn, beginning at `turn`. */
export const inOrder = (endpoints: readonly Endpoint[], load: Load, turn: number): Endpoint[] => {
  const start = endpoints.length === 0 ? 0 : turn % endpoints.length;
  const rotated = [...endpoints.slice(start), ...endpoints.slice(0, start)];
  return rotated.sort((a, b) => (load.get(keyOf(a)) ?? 0) - (load.get(keyOf(b)) ?? 0));
};

const open = (endpoint: Endpoint): Promise<Socket | undefined> => {
  const { promise, resolve } = Promise.withResolvers<Socket | undefined>();
  const socket = connect({ ...endpoint, allowHalfOpen: true, noDelay: true });
  const fail = () => {
    socket.destroy();
    resolve(undefined);
  };
  socket.setTimeout(CONNECT_TIMEOUT_MS, fail);
  socket.once("error", fail);
  socket.once("connect", () => {
    socket.setTimeout(0);
    socket.off("error", fail);
    resolve(socket);
  });
  return promise;
};

/** Joins two sockets: each end is passed on by itself, an abort of one aborts the other. */
const join = (client: Socket, upstream: Socket): void => {
  const abortOther = (other: Socket) => () => {
    if (!other.destroyed) other.resetAndDestroy();
  };
  client.on("error", abortOther(upstream));
  upstream.on("error", abortOther(client));
  client.on("close", () => upstream.destroy());
  upstream.on("close", () => {
    if (!client.readableEnded) client.end();
  });
  client.pipe(upstream);
  upstream.pipe(client);
};

const reach = async (client: Socket, endpoints: () => readonly Endpoint[], load: Load, turn: number) => {
  const until = performance.now() + HOLD_MS;
  while (!client.destroyed) {
    for (const endpoint of inOrder(endpoints(), load, turn)) {
      const upstream = await open(endpoint);
      if (upstream !== undefined) return { upstream, key: keyOf(endpoint) };
      if (client.destroyed) return undefined;
    }
    if (performance.now() > until) return undefined;
    await new Promise((resolve) => setTimeout(resolve, HOLD_POLL_MS));
  }
  return undefined;
};

/**
 * Connects a client to the least busy endpoint that answers, asking `endpoints` anew for each round. Connections made
 * live on when their endpoint leaves the table. The client must have been accepted paused and half-open.
 */
export const forward = async (
  client: Socket,
  endpoints: () => readonly Endpoint[],
  load: Load,
  turn: number,
): Promise<void> => {
  client.on("error", () => client.destroy());
  client.setNoDelay(true);
  const reached = await reach(client, endpoints, load, turn);
  if (reached === undefined) {
    client.destroy();
    return;
  }
  const { upstream, key } = reached;
  if (client.destroyed) {
    upstream.destroy();
    return;
  }
  load.set(key, (load.get(key) ?? 0) + 1);
  upstream.once("close", () => {
    const left = (load.get(key) ?? 1) - 1;
    if (left > 0) load.set(key, left);
    else load.delete(key);
  });
  join(client, upstream);
};
