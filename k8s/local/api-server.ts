import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { createAuthenticator } from "./http/authentication.ts";
import type { Access } from "./http/authorization.ts";
import { createFaults, type Faults } from "./http/faults.ts";
import { createHandler } from "./http/handler.ts";
import { kubeconfigOf } from "./kubeconfig.ts";
import { collectGarbage } from "./store/garbage.ts";
import type { LogSource } from "./store/log-source.ts";
import { superviseNamespaces } from "./store/namespaces.ts";
import { createStore, type Store } from "./store/store.ts";
import { keptSecret, serverIdentity, writeSecret } from "./tls.ts";

export type ApiServerOptions = {
  /** Everything the cluster keeps: objects, certificate, secrets. */
  dataDir: string;
  host?: string;
  /** 0 takes a free one. */
  port?: number;
  /** Range of Services' addresses, inside 127.0.0.0/8. */
  serviceCidr?: string;
  /** Where an administrator's kubeconfig is written (mode 0600). */
  kubeconfigPath?: string;
  /** Events kept for watches that begin in the past. */
  historyLimit?: number;
  /** Shortest time after which the server ends a watch that names none; the longest is twice that. */
  watchTimeoutSeconds?: number;
  bookmarkIntervalMs?: number;
  /** Told of every question of rights, as an audit log is. */
  onAccess?: (access: Access) => void;
};

export type ApiServer = {
  url: string;
  caPem: string;
  adminToken: string;
  store: Store;
  faults: Faults;
  /** Of a ServiceAccount that exists; undefined otherwise. Valid as long as that ServiceAccount. */
  tokenForServiceAccount(namespace: string, name: string): string | undefined;
  /** Where `pods/log` reads from now on. */
  setLogSource(source: LogSource): void;
  /** Cuts every open connection, as a restart would. */
  resetConnections(): void;
  close(): Promise<void>;
};

const WATCH_TIMEOUT_SECONDS = 1800;
const BOOKMARK_INTERVAL_MS = 60_000;
/** Longer than clients keep idle connections, so that it is never the server who closes under a request. */
const KEEP_ALIVE_MS = 120_000;

async function listen(server: Server, host: string, port: number) {
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const sockets = new Set<Duplex>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, "listening");
  const url = `https://${host}:${(server.address() as AddressInfo).port}`;
  const resetConnections = () => {
    for (const socket of sockets) socket.destroy();
  };
  return { server, url, resetConnections };
}

const onError = (key: string, error: unknown) =>
  process.stderr.write(`${JSON.stringify({ level: "error", message: `behind the writers, ${key}: ${error}` })}\n`);

/** Starts the API; rejects when the port is taken (`EADDRINUSE`). */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { dataDir, host = "127.0.0.1", port = 0 } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const folder = join(dataDir, "pki");
  const { keyPem, certPem } = await serverIdentity(folder, host);
  const adminToken = keptSecret(folder, "admin-token");
  // The port is the lock on the data: nothing is opened for writing before it is ours.
  const { server, url, resetConnections } = await listen(createServer({ key: keyPem, cert: certPem }), host, port);
  const store = createStore({
    dataDir,
    onDamage: (message) => process.stderr.write(`${JSON.stringify({ level: "error", message })}\n`),
    ...(options.serviceCidr !== undefined && { serviceCidr: options.serviceCidr }),
    ...(options.historyLimit !== undefined && { historyLimit: options.historyLimit }),
  });
  const stops = [collectGarbage(store, onError), superviseNamespaces(store, certPem, onError)];
  const authenticator = createAuthenticator(adminToken, keptSecret(folder, "token-secret"), store);
  const faults = createFaults();
  let logSource: LogSource | undefined;
  server.on(
    "request",
    createHandler({
      store,
      authenticator,
      faults,
      address: () => new URL(url).host,
      logSource: () => logSource,
      issueToken: authenticator.tokenFor,
      now: () => new Date(),
      watchTimeoutSeconds: options.watchTimeoutSeconds ?? WATCH_TIMEOUT_SECONDS,
      bookmarkIntervalMs: options.bookmarkIntervalMs ?? BOOKMARK_INTERVAL_MS,
      ...(options.onAccess !== undefined && { onAccess: options.onAccess }),
    }),
  );
  if (options.kubeconfigPath !== undefined) {
    writeSecret(options.kubeconfigPath, kubeconfigOf({ url, caPem: certPem, token: adminToken }));
  }
  return {
    url,
    caPem: certPem,
    adminToken,
    store,
    faults,
    resetConnections,
    tokenForServiceAccount(namespace, name) {
      const account = store.get("serviceaccounts", namespace, name);
      return account && authenticator.tokenFor(namespace, name, account.metadata.uid);
    },
    setLogSource(source) {
      logSource = source;
    },
    async close() {
      for (const stop of stops) stop();
      const closed = once(server, "close");
      server.close();
      resetConnections();
      await closed;
      store.close();
    },
  };
}
