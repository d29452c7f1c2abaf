import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { connectKube, type Kube } from "#k8s/client/kube.ts";
import type { Manifest as KubeManifest } from "#k8s/client/objects.ts";
import { refOf } from "#k8s/client/objects.ts";
import { type ApiServer, startApiServer } from "#k8s/local/api-server.ts";
import { anEnvironment, aRevision, aScope } from "#test/factories/manifest-input.ts";
import { ownedFieldsDiffer } from "./differ.ts";
import { environmentObjects } from "./environment.ts";
import { planConfigMap } from "./plan.ts";
import { revisionObjects } from "./revision.ts";

const MANAGER = "slipway-11111111";
const scope = aScope({ namespace: "slipway-models" });
let folder: string;
let server: ApiServer;
let kube: Kube;
/** Of the live plan: what names another owner is garbage. */
let planUid: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "manifests-"));
  const kubeconfigPath = join(folder, "kubeconfig");
  server = await startApiServer({ dataDir: join(folder, "data"), kubeconfigPath });
  kube = await connectKube({ kubeconfig: kubeconfigPath });
});
afterAll(async () => {
  kube.dropConnections();
  await server.close();
  await rm(folder, { recursive: true });
});

test("what an administrator installs is accepted as it is", async () => {
  const install = join(import.meta.dirname, "../install/environment");
  const files = (await readdir(install)).filter((name) => name !== "kustomization.yaml");
  const texts = await Promise.all(files.map((name) => readFile(join(install, name), "utf8")));
  const manifests = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as KubeManifest));
  manifests.sort((a, b) => Number(b.kind === "Namespace") - Number(a.kind === "Namespace"));
  for (const manifest of manifests) await kube.apply(manifest, { manager: "admin" });
  expect(manifests.filter(({ kind }) => kind === "Role")).toHaveLength(3);
});

test("every rendered object is stored as rendered; applying it again would change nothing and does not", async () => {
  const plan = planConfigMap(scope, { ...PLAN, number: 0 }, null);
  planUid = (await kube.apply(plan, { manager: MANAGER })).metadata.uid;
  const manifests = [
    plan,
    ...environmentObjects(scope, anEnvironment({ gateway: { serviceType: "NodePort", nodePort: 30_088 } })),
    ...revisionObjects(scope, aRevision({ planUid })),
    ...revisionObjects(
      scope,
      aRevision({
        planUid,
        revision: 4,
        replicas: { min: 2, max: 4 },
        resources: { cpu: "1500m", memory: "1536Mi", gpu: 1 },
        env: { EMPTY: "", SECRET: { secretRef: { name: "s", key: "k" } } },
      }),
    ),
  ];
  for (const manifest of manifests) await kube.apply(manifest, { manager: MANAGER });
  for (const manifest of manifests) {
    const live = await kube.get(refOf(manifest));
    expect(ownedFieldsDiffer(manifest, live), `${manifest.kind} ${manifest.metadata.name}`).toBe(false);
    const again = await kube.apply(manifest, { manager: MANAGER });
    expect(again.metadata.resourceVersion).toBe(live?.metadata.resourceVersion);
  }
});

test("a plan is not written over one that its writer has not read", async () => {
  const ref = refOf(planConfigMap(scope, PLAN, null));
  const read = await kube.get(ref);
  if (read === null) throw new Error("the plan is not there");
  const { uid, resourceVersion } = read.metadata;
  await kube.apply(planConfigMap(scope, { ...PLAN, number: 1 }, { uid, resourceVersion }), { manager: MANAGER });
  const late = kube.apply(planConfigMap(scope, { ...PLAN, number: 2 }, { uid, resourceVersion }), { manager: MANAGER });
  await expect(late).rejects.toMatchObject({ code: "conflict" });
});

test("a field that another manager changed is seen, and taken back with force only", async () => {
  const [deployment] = revisionObjects(scope, aRevision({ planUid, desiredReplicas: 3 }));
  if (deployment === undefined) throw new Error("no Deployment was rendered");
  await kube.apply(deployment, { manager: MANAGER });
  await kube.patch(refOf(deployment), { spec: { replicas: 9 } }, { manager: "somebody" });
  expect(ownedFieldsDiffer(deployment, await kube.get(refOf(deployment)))).toBe(true);
  await expect(kube.apply(deployment, { manager: MANAGER })).rejects.toMatchObject({
    code: "field_conflict",
    causes: [{ field: ".spec.replicas" }],
  });
  const taken = await kube.apply(deployment, { manager: MANAGER, force: true });
  expect(ownedFieldsDiffer(deployment, taken)).toBe(false);
});

test("deleting the plan takes what it owns", async () => {
  const plan = refOf(planConfigMap(scope, PLAN, null));
  const owned = { apiVersion: "apps/v1", kind: "Deployment", namespace: scope.namespace };
  const names = async () => (await kube.list(owned)).items.map(({ metadata }) => metadata.name);
  expect(await names()).toEqual(expect.arrayContaining(["fraud-r3", "fraud-r4", "slipway-router"]));
  const gone = new Promise<void>((resolve) => {
    const left = new Set(["fraud-r3", "fraud-r4"]);
    server.store.subscribe(({ type, resource, object }) => {
      if (type === "DELETED" && resource === "deployments.apps") left.delete(object.metadata.name);
      if (left.size === 0) resolve();
    });
  });
  expect(await kube.delete(plan)).toBe(true);
  await gone;
  expect(await names()).toEqual(expect.not.arrayContaining(["fraud-r3", "fraud-r4"]));
  expect(await kube.delete(plan)).toBe(false);
});

const PLAN = {
  schema: 1 as const,
  environment: scope.environment,
  endpoint: "fraud",
  endpointUid: aRevision().endpointUid,
  number: 0,
  decidedAt: "2026-11-03T14:00:00.000Z",
  deleted: false,
  salt: "s",
  onUnavailable: "fallback" as const,
  timeoutMs: 30_000,
  bodyBytesMax: 1_000_000,
  entries: [],
};
