import { parseArgs } from "node:util";
import { startApiServer } from "./api-server.ts";
import { startNode } from "./kubelet/node.ts";

const USAGE = `Runs the local cluster: a Kubernetes API whose pods are processes of this machine.

  --data-dir DIR       objects, certificate, pods' folders and logs (required)
  --images FILE        JSON {"<image>": {"command": ["node", "/…/main.ts"], "env": {…}}} (required)
  --kubeconfig FILE    where to write the administrator's kubeconfig, mode 0600
  --host ADDRESS       127.0.0.1
  --port N             16443; 0 takes a free one
  --node-port-host ADDR 127.0.0.1; where ports of NodePort Services listen
  --pod-cidr RANGE     127.64.0.0/16
  --service-cidr RANGE 127.96.0.0/16

Prints one line of JSON when it is ready. SIGTERM stops all pods and ends it.
`;

function readArguments() {
  const { values } = parseArgs({
    options: {
      "data-dir": { type: "string" },
      images: { type: "string" },
      kubeconfig: { type: "string" },
      host: { type: "string", default: "127.0.0.1" },
      port: { type: "string", default: "16443" },
      "node-port-host": { type: "string", default: "127.0.0.1" },
      "pod-cidr": { type: "string", default: "127.64.0.0/16" },
      "service-cidr": { type: "string", default: "127.96.0.0/16" },
    },
  });
  const { "data-dir": dataDir, images, kubeconfig, host, "pod-cidr": podCidr, "service-cidr": serviceCidr } = values;
  const nodePortHost = values["node-port-host"];
  const port = Number(values.port);
  if (dataDir === undefined || images === undefined) throw new Error("--data-dir and --images are required");
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port ${values.port} is no port`);
  return { dataDir, imagesFile: images, kubeconfigPath: kubeconfig, host, nodePortHost, port, podCidr, serviceCidr };
}

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function run(options: ReturnType<typeof readArguments>): Promise<void> {
  // From the first moment on: ended by a signal while it starts, it would leave pods and proxy running.
  const stopAsked = new Promise<void>((resolve) => {
    process.on("SIGTERM", () => resolve());
    process.on("SIGINT", () => resolve());
  });
  const { kubeconfigPath, imagesFile, nodePortHost, podCidr, ...server } = options;
  const api = await startApiServer({ ...server, ...(kubeconfigPath !== undefined && { kubeconfigPath }) });
  const node = await startNode({
    store: api.store,
    dataDir: options.dataDir,
    imagesFile,
    nodePortHost,
    podCidr,
    apiUrl: api.url,
    caPem: api.caPem,
    tokenForServiceAccount: api.tokenForServiceAccount,
    onError: (what, error) => say({ level: "error", message: `${what}: ${messageOf(error)}` }),
  });
  api.setLogSource(node.logSource);
  say({
    ready: true,
    url: api.url,
    pid: process.pid,
    ...(kubeconfigPath !== undefined && { kubeconfig: kubeconfigPath }),
  });
  await stopAsked;
  await node.close();
  await api.close();
  process.exit(0);
}

try {
  const options = readArguments();
  await run(options);
} catch (error) {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  if (code?.startsWith("ERR_PARSE_ARGS") || code === undefined) process.stderr.write(USAGE);
  say({ ready: false, error: messageOf(error), ...(code !== undefined && { code }) });
  process.exit(1);
}
