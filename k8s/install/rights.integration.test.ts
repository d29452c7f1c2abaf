// Least rights, both ways: a whole life of an endpoint on what we install, where every ServiceAccount's rights are
// enforced; whatever was asked is compared with whatever the Roles grant.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Access } from "#k8s/local/http/authorization.ts";
import type { KubeObject } from "#k8s/local/store/types.ts";
import { aScalingModel } from "#test/factories/onnx.ts";
import { type Installed, startInstalled } from "#test/support/installed.ts";
import { until } from "#test/support/worker-harness.ts";

const OF_AN_ENVIRONMENT = [
  "secrets",
  "services",
  "persistentvolumeclaims",
  "deployments.apps",
  "podmonitors.monitoring.coreos.com",
];
const isOurs = ({ metadata }: KubeObject) => metadata.labels?.["app.kubernetes.io/managed-by"] === "slipway";
const ENVIRONMENTS = ["slipway-models", "second-models"];
/** A dozen processes start, beside whatever else this machine does. */
const PATIENCE_MS = 120_000;
const asked: Access[] = [];
let installed: Installed;
beforeAll(async () => {
  installed = await startInstalled((access) => asked.push(access));
}, 300_000);
afterAll(() => installed?.close());

const rules = (account: string) =>
  installed.cluster
    .objects("roles.rbac.authorization.k8s.io", "slipway-models")
    .flatMap(({ metadata, rules }) =>
      metadata.name === account
        ? (rules as { apiGroups: string[]; resources: string[]; verbs: string[]; resourceNames?: string[] }[])
        : [],
    );
const granted = (account: string) =>
  rules(account).flatMap(({ apiGroups, resources, verbs, resourceNames = [] }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.map((verb) => [verb, group, resource, ...(resourceNames.length > 0 ? ["named"] : [])].join(" ").trim()),
      ),
    ),
  );
/** As `granted` writes it; a call for a name that a rule has counts for that rule. */
const used = (account: string) => {
  const named = new Set(
    rules(account).flatMap(({ resources, resourceNames = [] }) => (resourceNames.length > 0 ? resources : [])),
  );
  const limited = (verb: string, resource: string) => named.has(resource) && verb !== "create";
  return asked
    .filter(({ user, allowed }) => allowed && user.startsWith("system:serviceaccount:") && user.endsWith(`:${account}`))
    .map(({ verb, group, resource, subresource }) => {
      const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
      return [verb, group, whole, ...(limited(verb, whole) ? ["named"] : [])].join(" ").trim();
    });
};

test("an endpoint is deployed, split, rolled back, looked into and deleted, and nothing that matters is refused", async () => {
  const { api, kubectl } = installed;
  // Web answers before its first start has written the cluster that it is in.
  const seeded = async () => (await api.ok("GET", "/environments")).items.length > 0;
  await until("the first environment to be there", seeded, PATIENCE_MS);
  await api.ok("POST", "/environments", {
    name: "second",
    cluster: "main",
    namespace: "second-models",
    kind: "development",
    gatewayUrl: "http://gateway.example.com",
    podMonitorLabels: { release: "prometheus" },
  });
  await api.register("scaler", aScalingModel(1));
  await api.register("scaler", aScalingModel(2));
  const create = (name: string) => api.ok("POST", "/endpoints", { name, environment: "production" });
  await create("fraud");
  const small = { resources: { cpu: "100m", memory: "256Mi" } };
  await api.deploy("fraud", "scaler", "1", { ...small, replicas: { min: 2, max: 3 } });
  await api.applied("fraud", 1, PATIENCE_MS);
  await api.ok("POST", "/endpoints/fraud/revisions?dryRun=true", { model: "scaler", version: "2", ...small });
  await api.deploy("fraud", "scaler", "2", { ...small, replicas: { min: 1, max: 2 } });
  await api.traffic("fraud", [
    { revision: 1, weightPercent: 50 },
    { revision: 2, weightPercent: 50 },
  ]);
  await api.applied("fraud", 3, PATIENCE_MS);
  await api.ok("POST", "/endpoints/fraud/rollback", {});
  const { plan } = await api.applied("fraud", 4, PATIENCE_MS);
  expect(plan.status).toBe("applied");

  const pods = await kubectl("get", "pods", "-n", "slipway-models", "-l", "slipway.dev/revision=1", "-o", "name");
  const log = await fetch(`${api.base}/api/v1/endpoints/fraud/revisions/1/pods/${pods.split("\n")[0]?.slice(4)}/log`, {
    headers: { authorization: `Bearer ${api.token}` },
  });
  expect(log.status).toBe(200);

  // Its owner taken away while the worker is away: what is left of it the worker removes one by one.
  await kubectl("scale", "-n", "slipway", "deployment/slipway-worker", "--replicas=0");
  await kubectl(
    "wait",
    "-n",
    "slipway",
    "--for=delete",
    "pods",
    "-l",
    "app.kubernetes.io/name=slipway-worker",
    "--timeout=60s",
  );
  await kubectl("delete", "configmap", "-n", "slipway-models", "fraud-plan", "--cascade=orphan");
  await api.ok("DELETE", "/endpoints/fraud");
  await kubectl("scale", "-n", "slipway", "deployment/slipway-worker", "--replicas=2");
  await until("fraud to be gone", async () => (await api.call("GET", "/endpoints/fraud")).status === 404, PATIENCE_MS);

  await create("brief");
  await api.deploy("brief", "scaler", "1", small);
  await api.applied("brief", 1, PATIENCE_MS);
  await api.ok("DELETE", "/endpoints/brief");
  await until("brief to be gone", async () => (await api.call("GET", "/endpoints/brief")).status === 404, PATIENCE_MS);

  await api.ok("DELETE", "/environments/second");
  const { objects } = installed.cluster;
  const left = () => OF_AN_ENVIRONMENT.flatMap((resource) => objects(resource, "second-models")).filter(isOurs);
  await until("the second environment's objects to be gone", async () => left().length === 0, PATIENCE_MS);

  // Asked because an administrator may know better than we: the worker says what it finds, and does without.
  const refused = asked.filter(({ allowed }) => !allowed).map(({ verb, resource }) => `${verb} ${resource}`);
  expect([...new Set(refused)].sort()).toEqual(["get namespaces", "get serviceaccounts"]);
}, 300_000);

test.each(["slipway-worker", "slipway-web", "slipway-router"])(
  "%s has every right that it used, and no other",
  (account) => {
    expect([...new Set(granted(account))].sort()).toEqual([...new Set(used(account))].sort());
  },
);

test("nobody of ours is let do anything outside the environments' namespaces", () => {
  const outside = asked.filter(
    ({ user, namespace, allowed }) =>
      allowed && user.startsWith("system:serviceaccount:") && !ENVIRONMENTS.includes(namespace ?? ""),
  );
  expect(outside).toEqual([]);
});

test("model pods, fetches and the artifact store hold no token", () => {
  for (const { spec, metadata } of installed.cluster.objects("deployments.apps", "slipway-models"))
    expect([metadata.name, spec.template.spec.automountServiceAccountToken]).toEqual([
      metadata.name,
      metadata.name === "slipway-router",
    ]);
  expect(asked.filter(({ user }) => user.endsWith(":slipway-model"))).toEqual([]);
});
