import { afterAll, beforeAll, expect, test } from "vitest";
import { aScalingModel } from "#test/factories/onnx.ts";
import { shootAll, steadyLoad, unitsNamed } from "../support/load.ts";
import { type Product, startProduct } from "../support/product.ts";
import { until } from "../support/until.ts";

const body = { inputs: [{ name: "x", datatype: "FP32", shape: [1, 1], data: [3] }] };
let product: Product;
beforeAll(async () => {
  product = await startProduct({ env: { WORKER_RESYNC_MS: "1000" } });
  const { api } = product;
  await api.ok("POST", "/endpoints", { name: "lasting", environment: "local" });
  await api.register("scaler", aScalingModel(1));
  await api.deploy("lasting", "scaler", "1", { replicas: { min: 2, max: 2 } });
  await api.applied("lasting");
});
afterAll(() => product?.dispose());

const modelPods = () => product.pods("slipway.dev/component=model").filter((name) => name !== "");

test("deleting one pod of two fails no prediction", async () => {
  const load = steadyLoad(product.gateway("lasting", body), 200, unitsNamed(100));
  const [victim = ""] = modelPods();
  await product.kubectlBeside("delete", "pod", "-n", "slipway-local", victim);
  await product.kubectlBeside("rollout", "status", "-n", "slipway-local", "deployment/lasting-r1", "--timeout=30s");
  const goneMs = performance.now();
  const shots = await load.stop();
  expect(shots.filter((s) => s.status !== 200)).toEqual([]);
  expect(shots.filter((s) => s.beganMs < goneMs).length).toBeGreaterThan(50);
});

test("with web, worker and Postgres dead, predictions go on and every deleted pod comes back", async () => {
  product.killSupervisor();
  for (const component of ["worker", "web", "postgres"] as const)
    for (const pid of product.pidsOf(component)) process.kill(pid, "SIGKILL");
  await until("the control plane is dead", async () => (product.pidsOf("web").length === 0 ? true : undefined), 5_000);

  const gateway = product.gateway("lasting", body);
  expect((await shootAll(gateway, unitsNamed(200))).every((s) => s.status === 200)).toBe(true);
  const before = modelPods();
  product.kubectl("delete", "pod", "-n", "slipway-local", ...before);
  product.kubectl("rollout", "status", "-n", "slipway-local", "deployment/lasting-r1", "--timeout=30s");
  expect(modelPods().filter((name) => before.includes(name))).toEqual([]);
  expect((await shootAll(gateway, unitsNamed(200))).every((s) => s.status === 200)).toBe(true);
  expect(product.pidsOf("web")).toEqual([]);
});

test("started again, nothing acknowledged is lost, each change has one audit row, and the cluster is not written to", async () => {
  const versionsBefore = written();
  await product.start();
  const endpoint = await product.api.applied("lasting");
  expect(endpoint.plan).toMatchObject({ number: 1, status: "applied" });
  const { items } = await product.api.ok("GET", "/audit?limit=200");
  const actions = items.map(({ action }: { action: string }) => action);
  expect(actions.filter((action: string) => /model|version|artifact|endpoint|revision/.test(action)).sort()).toEqual([
    "artifact.put",
    "endpoint.create",
    "model.create",
    "revision.create",
    "version.register",
  ]);
  // A look at everything comes every second here, a heartbeat every ten.
  const observed = async () => (await product.api.ok("GET", "/environments")).items[0].observedAt;
  for (const heartbeat of ["a heartbeat", "the next one"]) {
    const seen = await observed();
    await until(heartbeat, async () => ((await observed()) > seen ? true : undefined));
  }
  expect(written()).toEqual(versionsBefore);
});

test("everything killed with -9, it starts again with everything as it was", async () => {
  product.killSupervisor();
  for (const component of ["worker", "web", "postgres", "cluster", "prometheus"] as const)
    for (const pid of product.pidsOf(component)) process.kill(pid, "SIGKILL");
  const { tookMs } = await product.start();
  expect((await shootAll(product.gateway("lasting", body), unitsNamed(50))).every((s) => s.status === 200)).toBe(true);
  expect(tookMs).toBeLessThan(60_000);
});

/** Of everything we own in the namespace what changes when it is written, but for what controllers write of it. */
const written = () => [
  versionsOf("configmaps,services,secrets", ".metadata.resourceVersion"),
  versionsOf("deployments,poddisruptionbudgets", ".metadata.generation"),
];
const versionsOf = (kinds: string, field: string) =>
  product.kubectl(
    "get",
    kinds,
    "-n",
    "slipway-local",
    "-l",
    "app.kubernetes.io/managed-by=slipway",
    "-o",
    `jsonpath={range .items[*]}{.kind}/{.metadata.name} {${field}}{"\\n"}{end}`,
  );
