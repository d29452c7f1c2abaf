import { expect, test } from "vitest";
import { runtimeNames } from "#domain/revision/runtimes.ts";
import { aRevision, aScope } from "#test/factories/manifest-input.ts";
import type { Manifest } from "./manifest.ts";
import { type RevisionInput, revisionObjects } from "./revision.ts";
import { podRuntime } from "./runtimes.ts";

type Container = {
  name: string;
  env: { name: string; value?: string }[];
  resources: { limits: Record<string, string> };
};
type PodSpec = { containers: Container[]; initContainers: Container[] };
const render = (overrides: Partial<RevisionInput> = {}) => revisionObjects(aScope(), aRevision(overrides));
const kinds = (manifests: Manifest[]) => manifests.map(({ kind }) => kind);
const specOf = (manifests: Manifest[], kind: string) =>
  manifests.find((m) => m.kind === kind)?.spec as Record<string, unknown> | undefined;
const podOf = (manifests: Manifest[]) =>
  (specOf(manifests, "Deployment")?.template as { spec: PodSpec } | undefined)?.spec;
const envOf = (manifests: Manifest[]) =>
  Object.fromEntries(
    (podOf(manifests)?.containers[0]?.env ?? []).map(({ name, ...rest }) => [name, rest.value ?? rest]),
  );

test("renders the whole of a plain revision", () => {
  expect(render()).toMatchSnapshot();
});

test("renders the same bytes for the same input", () => {
  expect(JSON.stringify(render({ env: { B: "1", A: "2" } }))).toBe(JSON.stringify(render({ env: { A: "2", B: "1" } })));
});

test("replicas are the Deployment's with a fixed number, the autoscaler's with a range", () => {
  const fixed = render({ desiredReplicas: 0 });
  expect(kinds(fixed)).toEqual(["Deployment", "Service"]);
  expect(specOf(fixed, "Deployment")).toMatchObject({ replicas: 0 });
  const ranged = render({ replicas: { min: 1, max: 4 }, desiredReplicas: 1 });
  expect(kinds(ranged)).toEqual(["Deployment", "Service", "HorizontalPodAutoscaler"]);
  expect(specOf(ranged, "Deployment")).not.toHaveProperty("replicas");
  expect(specOf(ranged, "HorizontalPodAutoscaler")).toMatchObject({
    minReplicas: 1,
    maxReplicas: 4,
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "fraud-r3" },
  });
});

test("a disruption budget only protects who has at least two pods, and never the unhealthy", () => {
  const two = render({ replicas: { min: 2, max: 2 }, desiredReplicas: 2 });
  expect(specOf(two, "PodDisruptionBudget")).toMatchObject({
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: "AlwaysAllow",
  });
});

test("a GPU is asked for by the server alone, once", () => {
  const pod = podOf(render({ resources: { cpu: "4", memory: "8Gi", gpu: 2 } }));
  expect(pod?.containers[0]?.resources.limits).toEqual({ cpu: "4", memory: "8Gi", "nvidia.com/gpu": "2" });
  expect(pod?.initContainers[0]?.resources.limits).toEqual({ cpu: "4", memory: "8Gi" });
});

test.each([
  ["500m", "1"],
  ["1", "1"],
  ["2.5", "2"],
  ["4", "4"],
])("cpu %s gives %s inference threads, unless the owner says otherwise", (cpu, threads) => {
  const resources = { cpu, memory: "1Gi", gpu: 0 };
  expect(envOf(render({ resources })).WORKERS).toBe(threads);
  expect(envOf(render({ resources, env: { WORKERS: "9" } })).WORKERS).toBe("9");
});

test("a variable from a Secret names it and never its value", () => {
  expect(envOf(render({ env: { KEY: { secretRef: { name: "api", key: "token" } } } })).KEY).toEqual({
    valueFrom: { secretKeyRef: { name: "api", key: "token" } },
  });
});

/** As Kubernetes reads a value, where every variable has the value `other`. */
const expanded = (value: string) =>
  value.replaceAll(/\$(\$|\([^)]*\))/g, (_, next: string) => (next === "$" ? "$" : "other"));

test.each(["a$(HOME)b", "a$$(HOME)b", "$$$(HOME)", "$$", "p$$w$rd$", "$$$$$", "$5 ($)", "(a|b)$", "$("])(
  "a variable's value %s stays as its owner wrote it",
  (value) => {
    const rendered = envOf(render({ env: { PATTERN: value } })).PATTERN;
    expect(expanded(String(rendered))).toBe(value);
  },
);

test("a value without anything to expand is rendered as it is, so that its pods stay", () => {
  expect(envOf(render({ env: { PATTERN: "^(a|b)$, $5" } })).PATTERN).toBe("^(a|b)$, $5");
});

test("labels hold only what a label may; names go to annotations", () => {
  const [deployment] = render();
  for (const value of Object.values(deployment?.metadata.labels ?? {})) {
    expect(value).toMatch(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);
  }
  expect(deployment?.metadata.annotations).toMatchObject({ "slipway.dev/model-name": "Fraud / cards" });
});

test("the pods of two revisions, endpoints or installations are never each other's", () => {
  const selectors = [
    render(),
    render({ revision: 4 }),
    render({ endpointUid: "aaaaaaaa-0000-4000-8000-000000000002" }),
    revisionObjects(aScope({ installationId: "99999999-2222-4333-8444-555555555555" }), aRevision()),
  ].map((manifests) => JSON.stringify(specOf(manifests, "Deployment")?.selector));
  expect(new Set(selectors).size).toBe(4);
});

test("everything is the plan's to take along", () => {
  for (const { metadata } of render({ replicas: { min: 2, max: 3 } })) {
    expect(metadata.ownerReferences).toEqual([
      { apiVersion: "v1", kind: "ConfigMap", name: "fraud-plan", uid: "bbbbbbbb-0000-4000-8000-000000000001" },
    ]);
  }
});

test("the rendered hash tells renderings apart, and only those", () => {
  const hash = (manifests: Manifest[]) => manifests[0]?.metadata.annotations?.["slipway.dev/rendered-hash"];
  expect(hash(render())).toMatch(/^[0-9a-f]{16}$/);
  expect(hash(render())).toBe(hash(render()));
  expect(hash(render())).not.toBe(hash(render({ desiredReplicas: 2 })));
});

test("every runtime that a person may choose has a pod, and no other", () => {
  for (const name of runtimeNames()) expect(podRuntime(name).program).not.toBe("");
  expect(() => podRuntime("triton")).toThrow('"triton"');
});
