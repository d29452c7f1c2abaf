import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApiServer } from "./api-server.ts";
import { startNode } from "./kubelet/node.ts";

const run = promisify(execFile);

/** Says its address on every request and in its log. */
const PROGRAM = `
import { createServer } from "node:http";
createServer((request, response) => { console.log("asked " + request.url); response.end(process.env.POD_IP); })
  .listen(8080, process.env.POD_IP, () => console.log("listening"));
process.on("SIGTERM", () => process.exit(0));
`;

let folder: string;
let cluster: Awaited<ReturnType<typeof startCluster>>;

async function startCluster() {
  const program = join(folder, "web.mjs");
  writeFileSync(program, PROGRAM);
  const imagesFile = join(folder, "images.json");
  writeFileSync(imagesFile, JSON.stringify({ "example/web:1": { command: [process.execPath, program] } }));
  // Ranges of its own, so that several test files can run clusters side by side.
  const net = 128 + (process.pid % 100);
  const api = await startApiServer({
    dataDir: folder,
    kubeconfigPath: join(folder, "kubeconfig"),
    serviceCidr: `127.${net}.128.0/24`,
  });
  const node = await startNode({
    store: api.store,
    dataDir: folder,
    imagesFile,
    podCidr: `127.${net}.0.0/24`,
    apiUrl: api.url,
    caPem: api.caPem,
    tokenForServiceAccount: api.tokenForServiceAccount,
  });
  api.setLogSource(node.logSource);
  return {
    async close() {
      await node.close();
      await api.close();
    },
  };
}
const environment = () => ({ PATH: process.env.PATH ?? "", HOME: folder, KUBECONFIG: join(folder, "kubeconfig") });
/** Standard output of a kubectl command that must succeed. */
const kubectl = async (...args: string[]) => (await run("kubectl", args, { env: environment() })).stdout;
const refused = (...args: string[]) =>
  run("kubectl", args, { env: environment() }).then(
    () => "",
    (error: { stderr: string }) => error.stderr,
  );
/** Lines of a kubectl command that does not end by itself. */
function following(...args: string[]) {
  const child = spawn("kubectl", args, { env: environment(), stdio: ["ignore", "pipe", "ignore"] });
  // It may end by itself, as a log does with its container.
  const ended = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async until(pattern: RegExp) {
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`ended before ${pattern}`);
        if (pattern.test(value)) return value as string;
      }
    },
    async stop() {
      child.kill();
      await ended;
    },
  };
}

const manifest = (replicas: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example/web:1
          ports: [{containerPort: 8080}]
          env: [{name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]
          readinessProbe: {httpGet: {port: 8080}}
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "kubectl-"));
  cluster = await startCluster();
  writeFileSync(join(folder, "web.yaml"), manifest(2));
  await kubectl("apply", "--server-side", "-f", join(folder, "web.yaml"));
  await kubectl("rollout", "status", "deployment/web", "--timeout=30s");
});
afterAll(async () => {
  await cluster.close();
  rmSync(folder, { recursive: true });
});

describe("kubectl", () => {
  it("gets, wide and whole", async () => {
    const wide = await kubectl("get", "deploy,rs,pods", "-o", "wide");
    expect(wide).toMatch(/deployment\.apps\/web\s+2\/2\s+2\s+2\s+\d+s\s+web\s+example\/web:1\s+app=web/);
    expect(wide).toMatch(/pod\/web-\S+\s+1\/1\s+Running\s+0\s+\d+s\s+127\.\S+\s+local/);
    const yaml = await kubectl("get", "deployment", "web", "-o", "yaml");
    expect(yaml).toContain("availableReplicas: 2");
    const selected = await kubectl(
      "get",
      "pods",
      "-A",
      "--field-selector",
      "status.phase=Running",
      "-l",
      "app=web",
      "-o",
      "name",
    );
    expect(selected.trim().split("\n")).toHaveLength(2);
  });

  it("describes, with events", async () => {
    const deployment = await kubectl("describe", "deployment", "web");
    expect(deployment).toMatch(/Replicas:\s+2 desired \| 2 updated \| 2 total \| 2 available/);
    expect(deployment).toContain("ScalingReplicaSet");
    const pods = await kubectl("describe", "pods", "-l", "app=web");
    expect(pods).toContain("Successfully assigned");
  });

  it("applies again without a change, and refuses another's field", async () => {
    const before = await kubectl("get", "deployment", "web", "-o", "jsonpath={.metadata.generation}");
    await kubectl("apply", "--server-side", "-f", join(folder, "web.yaml"));
    expect(await kubectl("get", "deployment", "web", "-o", "jsonpath={.metadata.generation}")).toBe(before);
    writeFileSync(join(folder, "other.yaml"), manifest(5));
    const message = await refused("apply", "--server-side", "--field-manager=other", "-f", join(folder, "other.yaml"));
    expect(message).toContain('conflict with "kubectl"');
  });

  it("follows logs and watches pods come and go", async () => {
    const [name = ""] = (
      await kubectl("get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].metadata.name}")
    ).split(" ");
    const address = await kubectl("get", "pod", name, "-o", "jsonpath={.status.podIP}");
    const logs = following("logs", "-f", name);
    await logs.until(/listening/);
    const watch = following("get", "pods", "-w", "--no-headers");
    await watch.until(new RegExp(name));
    await fetch(`http://${address}:8080/hello`);
    await logs.until(/asked \/hello/);
    expect(await kubectl("logs", name, "--tail=1", "--timestamps")).toMatch(/^20\S+Z asked /);
    await kubectl("delete", "pod", name);
    await watch.until(new RegExp(`${name}.*Terminating`));
    await Promise.all([logs.stop(), watch.stop()]);
    await kubectl("wait", "--for=condition=Available", "deployment/web", "--timeout=20s");
  });

  it("scales, restarts, rolls back, labels and waits", async () => {
    await kubectl("scale", "deployment/web", "--replicas=1");
    await kubectl("rollout", "status", "deployment/web", "--timeout=20s");
    expect(await kubectl("get", "deployment", "web", "-o", "jsonpath={.status.replicas}")).toBe("1");
    await kubectl("rollout", "restart", "deployment/web");
    await kubectl("rollout", "status", "deployment/web", "--timeout=20s");
    expect(await kubectl("rollout", "history", "deployment/web")).toMatch(/\n2 /);
    await kubectl("rollout", "undo", "deployment/web");
    await kubectl("rollout", "status", "deployment/web", "--timeout=20s");
    await kubectl("label", "deployment/web", "tier=front");
    await kubectl("annotate", "deployment/web", "note=x");
    expect(await kubectl("get", "deployment", "-l", "tier=front", "-o", "name")).toBe("deployment.apps/web\n");
  });

  it("applies from its own side too, and shows differences", async () => {
    const file = join(folder, "map.yaml");
    const text = (x: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\ndata: {x: "${x}"}\n`;
    writeFileSync(file, text("1"));
    expect(await kubectl("apply", "-f", file)).toBe("configmap/own created\n");
    expect(await kubectl("apply", "-f", file)).toBe("configmap/own unchanged\n");
    writeFileSync(file, text("2"));
    expect(await kubectl("apply", "-f", file)).toBe("configmap/own configured\n");
    expect(await kubectl("get", "cm", "own", "-o", "jsonpath={.data.x}")).toBe("2");
  });

  it("is told what to do instead of a command that speaks protobuf", async () => {
    const said = await refused("create", "configmap", "binary", "--from-literal=a=b");
    expect(said).toMatch(/unknown format.*protobuf.*--dry-run=client -o yaml \| kubectl apply --server-side -f -/s);
  });

  it("deletes what was applied, and its pods with it", async () => {
    await kubectl("delete", "deployment", "web");
    await kubectl("wait", "--for=delete", "pod", "-l", "app=web", "--timeout=20s");
    expect(await kubectl("get", "all", "-o", "name")).toBe("");
  });
});
