import { createServer, type Server } from "node:net";
import { forward, type Load } from "./forward.ts";
import type { Listener, ProxyStatus, ProxyTable } from "./table.ts";

const RETRY_MS = 1000;
const BACKLOG = 1024;

type Open = { listener: Listener; server: Server; listening: boolean; message?: string; retry?: NodeJS.Timeout };

/** The sockets of a table. `onStatus` is called when what it cannot listen on changed. */
export const createListeners = (onStatus: (status: ProxyStatus) => void) => {
  const open = new Map<string, Open>();
  const load: Load = new Map();
  let turn = 0;
  let reported = "";

  const report = () => {
    const failures = [...open].flatMap(([address, { listener, message }]) =>
      message === undefined ? [] : [{ service: listener.service, address, message }],
    );
    const status = JSON.stringify({ failures });
    if (status === reported) return;
    reported = status;
    onStatus({ failures });
  };

  const listen = (one: Open) => {
    const { host, port } = one.listener;
    one.server.listen({ host, port, backlog: BACKLOG });
  };

  const add = (address: string, listener: Listener) => {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    const one: Open = { listener, server, listening: false };
    open.set(address, one);
    server.on("connection", (client) => void forward(client, () => one.listener.endpoints, load, turn++));
    server.on("listening", () => {
      one.listening = true;
      delete one.message;
      report();
    });
    server.on("error", (error: NodeJS.ErrnoException) => {
      if (open.get(address) !== one) return;
      one.message = error.code === "EADDRINUSE" ? "address already in use" : error.message;
      one.retry = setTimeout(() => listen(one), RETRY_MS);
      report();
    });
    listen(one);
  };

  const remove = (address: string, { server, retry }: Open) => {
    open.delete(address);
    clearTimeout(retry);
    // Accepted connections live on.
    server.close();
  };

  /** Makes the sockets those of `table`; the ones that stay are not touched. */
  const apply = ({ listeners }: ProxyTable) => {
    const wanted = new Map(listeners.map((listener) => [`${listener.host}:${listener.port}`, listener]));
    for (const [address, one] of open) if (!wanted.has(address)) remove(address, one);
    for (const [address, listener] of wanted) {
      const existing = open.get(address);
      if (existing === undefined) add(address, listener);
      else existing.listener = listener;
    }
    report();
  };
  return { apply };
};
