/** The control plane as an administrator installs it, on a local cluster: pods with ServiceAccounts of their own. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { connectApi } from "#e2e/support/api.ts";
import type { Access } from "#k8s/local/http/authorization.ts";
import { freePort } from "#scripts/stack/ports.ts";
import { release } from "#server/config/release.ts";
import { freshDatabase } from "./postgres.ts";
import { startTestCluster } from "./worker-harness.ts";

const ROOT = join(import.meta.dirname, "../..");
export const INSTALL = join(ROOT, "k8s/install");
const PREFIX = "slipway.invalid/";
const TOKEN = "installed-admin-token-0123456789";

/** What the images' entry points are on this machine. */
const program = (...path: string[]) => ({
  command: [process.execPath, ...path],
  env: { SLIPWAY_ROOT: ROOT, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
});
const NEXT = join(ROOT, "node_modules/next/dist/bin/next");
const IMAGES = Object.fromEntries(
  Object.entries({
    web: program(NEXT, "start", ROOT),
    worker: program(join(ROOT, "worker/main.ts")),
    ...Object.fromEntries(
      ["router", "model-server", "fetch", "artifacts"].map((name) => [
        name,
        program(join(ROOT, `serving/${name}/main.ts`)),
      ]),
    ),
  }).map(([name, image]) => [`${PREFIX}${name}:${release}`, image]),
);

export type Installed = Awaited<ReturnType<typeof startInstalled>>;

/** Resolves once web and both workers are ready. Every question of rights goes to `onAccess`. */
export async function startInstalled(onAccess: (access: Access) => void) {
  const left: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of left.splice(0).reverse()) await end();
  };
  try {
    return { ...(await install(onAccess, left)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function install(onAccess: (access: Access) => void, left: (() => Promise<void>)[]) {
  if (!existsSync(join(ROOT, ".next/BUILD_ID"))) throw new Error("web is not built: node scripts/build.ts");
  const database = await freshDatabase();
  left.push(() => database.drop());
  const cluster = await startTestCluster({ images: IMAGES, onAccess });
  left.push(() => cluster.close());
  const kubectl = async (...args: string[]) => {
    const options = { env: { ...process.env, HOME: cluster.folder } };
    return (await promisify(execFile)("kubectl", ["--kubeconfig", cluster.kubeconfig, ...args], options)).stdout;
  };
  const gatewayPort = await freePort();
  const overlay = join(cluster.folder, "overlay");
  mkdirSync(overlay);
  writeFileSync(join(overlay, "kustomization.yaml"), stringify(overlayOf(overlay, gatewayPort)));
  const second = join(cluster.folder, "second");
  mkdirSync(second);
  const environment = relative(second, join(INSTALL, "environment"));
  writeFileSync(
    join(second, "kustomization.yaml"),
    stringify({ namespace: "second-models", resources: [environment] }),
  );
  const byHand = { manager: "administrator" };
  await cluster.kube.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "slipway" } }, byHand);
  await cluster.kube.apply(secretOf(database.url), byHand);
  for (const folder of [second, overlay])
    await kubectl("apply", "--server-side", "--force-conflicts", "--field-manager=administrator", "-k", folder);
  for (const name of ["slipway-web", "slipway-worker"])
    await kubectl("rollout", "status", "--namespace=slipway", `deployment/${name}`, "--timeout=120s");
  const address = await kubectl("get", "pods", "-n", "slipway", "-l", "app.kubernetes.io/name=slipway-web", "-o", PODS);
  const [webIp = ""] = address.split(" ");
  return {
    cluster,
    kubectl,
    webIp,
    gatewayUrl: `http://127.0.0.1:${gatewayPort}`,
    api: connectApi(`http://${webIp}:3000`, TOKEN),
  };
}

const secretOf = (databaseUrl: string) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "slipway", namespace: "slipway" },
  stringData: { "database-url": databaseUrl, "secret-key": "a-secret-key-for-tests-only", "admin-token": TOKEN },
});

const PODS = "jsonpath={.items[*].status.podIP}";

/** What a machine of loopback addresses needs otherwise than a cluster: pods listen at their own. */
function overlayOf(folder: string, gatewayPort: number) {
  const at = (name: string) => relative(folder, join(INSTALL, name));
  const ownAddress = (name: string, variable: string) => ({
    patch: stringify({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: `slipway-${name}`, namespace: "slipway" },
      spec: {
        template: {
          spec: {
            containers: [{ name, env: [{ name: variable, valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }] }],
          },
        },
      },
    }),
  });
  const environment = {
    name: "production",
    namespace: "slipway-models",
    kind: "production",
    serviceType: "NodePort",
    gatewayUrl: `http://127.0.0.1:${gatewayPort}`,
  };
  const settings = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "slipway", namespace: "slipway" },
    data: { SLIPWAY_LOCAL_ENVIRONMENT: JSON.stringify(environment) },
  };
  return {
    resources: [at("environment"), at("control-plane")],
    components: [at("ingress")],
    patches: [ownAddress("web", "WEB_HOST"), ownAddress("worker", "WORKER_HOST"), { patch: stringify(settings) }],
  };
}
