import { execFile } from "node:child_process";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";

export type Handler = {
  httpGet?: {
    path?: string;
    port: number | string;
    host?: string;
    scheme?: string;
    httpHeaders?: { name: string; value: string }[];
  };
  tcpSocket?: { port: number | string; host?: string };
  exec?: { command: string[] };
};
export type ProbeSpec = Handler & {
  initialDelaySeconds?: number;
  periodSeconds?: number;
  timeoutSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
  terminationGracePeriodSeconds?: number;
};

/** Where a container's handlers run. */
export type Target = {
  podIp: string;
  ports: readonly { name?: string; containerPort: number }[];
  env: Record<string, string>;
  cwd: string;
};

/** `undefined`: healthy. Otherwise why not, worded as a kubelet words it. */
export type ProbeResult = string | undefined;

const portOf = (port: number | string, { ports }: Target): number => {
  if (typeof port === "number") return port;
  return ports.find(({ name }) => name === port)?.containerPort ?? Number(port);
};

const dialError = (error: NodeJS.ErrnoException, address: string): string => {
  const reason =
    error.code === "ECONNREFUSED"
      ? "connection refused"
      : error.code === "ECONNRESET"
        ? "connection reset by peer"
        : error.message;
  return error.code === "ECONNRESET" ? `read tcp ${address}: ${reason}` : `dial tcp ${address}: connect: ${reason}`;
};

const checkHttp = (get: NonNullable<Handler["httpGet"]>, target: Target, timeoutMs: number): Promise<ProbeResult> => {
  const port = portOf(get.port, target);
  const host = get.host ?? target.podIp;
  const secure = get.scheme === "HTTPS";
  const path = get.path?.startsWith("/") ? get.path : `/${get.path ?? ""}`;
  const url = `${secure ? "https" : "http"}://${host}:${port}${path}`;
  const headers: Record<string, string> = { "user-agent": "kube-probe/1.36", accept: "*/*", connection: "close" };
  for (const { name, value } of get.httpHeaders ?? []) headers[name.toLowerCase()] = value;
  const options = { host, port, path, headers, agent: false, rejectUnauthorized: false };
  const { promise, resolve } = Promise.withResolvers<ProbeResult>();
  const request = (secure ? httpsRequest : httpRequest)(options, (response) => {
    const code = response.statusCode ?? 0;
    response.destroy();
    resolve(code >= 200 && code < 400 ? undefined : `HTTP probe failed with statuscode: ${code}`);
  });
  const timer = setTimeout(() => {
    request.destroy();
    resolve(`Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`);
  }, timeoutMs);
  request.on("error", (error) => resolve(`Get "${url}": ${dialError(error, `${host}:${port}`)}`));
  request.end();
  return promise.finally(() => clearTimeout(timer));
};

const checkTcp = (tcp: NonNullable<Handler["tcpSocket"]>, target: Target, timeoutMs: number): Promise<ProbeResult> => {
  const address = { host: tcp.host ?? target.podIp, port: portOf(tcp.port, target) };
  const { promise, resolve } = Promise.withResolvers<ProbeResult>();
  const socket = connect(address, () => resolve(undefined));
  socket.setTimeout(timeoutMs, () => resolve(`dial tcp ${address.host}:${address.port}: i/o timeout`));
  socket.on("error", (error) => resolve(dialError(error, `${address.host}:${address.port}`)));
  return promise.finally(() => socket.destroy());
};

const checkExec = (command: readonly string[], { env, cwd }: Target, timeoutMs: number): Promise<ProbeResult> => {
  const { promise, resolve } = Promise.withResolvers<ProbeResult>();
  const [file = "", ...args] = command;
  execFile(
    file,
    args,
    { env: env as NodeJS.ProcessEnv, cwd, timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: 10_240 },
    (error, stdout, stderr) => resolve(error === null ? undefined : `${stdout}${stderr}`.trim() || error.message),
  );
  return promise;
};

/** Runs one handler once. Never rejects. */
export const runHandler = (handler: Handler, target: Target, timeoutMs: number): Promise<ProbeResult> => {
  if (handler.httpGet) return checkHttp(handler.httpGet, target, timeoutMs);
  if (handler.tcpSocket) return checkTcp(handler.tcpSocket, target, timeoutMs);
  if (handler.exec) return checkExec(handler.exec.command, target, timeoutMs);
  return Promise.resolve(undefined);
};
