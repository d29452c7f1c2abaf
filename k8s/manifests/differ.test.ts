import { expect, test } from "vitest";
import { anEnvironment, aRevision, aScope } from "#test/factories/manifest-input.ts";
import { ownedFieldsDiffer } from "./differ.ts";
import { environmentObjects } from "./environment.ts";
import { revisionObjects } from "./revision.ts";

const ALL = [
  ...environmentObjects(aScope(), anEnvironment({ podMonitorLabels: {} })),
  ...revisionObjects(aScope(), aRevision({ replicas: { min: 2, max: 4 }, env: { EMPTY: "" } })),
];
const [DEPLOYMENT] = revisionObjects(aScope(), aRevision());
if (DEPLOYMENT === undefined) throw new Error("no Deployment was rendered");

/** As a server stores it: defaults, status, managed fields, and somebody else's additions. */
const stored = () => {
  const live = structuredClone(DEPLOYMENT) as unknown as Live;
  live.metadata.uid = "u";
  live.metadata.annotations["deployment.kubernetes.io/revision"] = "1";
  live.metadata.labels.team = "risk";
  live.spec.template.spec.containers.unshift({ name: "mesh", image: "mesh:1" } as unknown as LiveContainer);
  live.spec.template.spec.dnsPolicy = "ClusterFirst";
  live.status = { replicas: 1 };
  return live;
};
type LiveContainer = {
  name: string;
  image: string;
  env: { name: string; value?: string }[];
  resources: { limits: Record<string, string> };
  startupProbe: Record<string, unknown>;
};
type Live = {
  metadata: { uid: string; labels: Record<string, string>; annotations: Record<string, string> };
  spec: {
    replicas: number;
    template: { spec: { dnsPolicy?: string; containers: LiveContainer[]; volumes: object[] } };
  };
  status: unknown;
};
const server = (live: Live): LiveContainer => {
  const found = live.spec.template.spec.containers.find(({ name }) => name === "server");
  if (found === undefined) throw new Error("no container named server");
  return found;
};

test("every rendered object equals itself as stored", () => {
  for (const manifest of ALL) expect(ownedFieldsDiffer(manifest, structuredClone(manifest))).toBe(false);
});

test("every rendered field, changed or removed, is seen", () => {
  for (const manifest of ALL) {
    for (const path of leaves(manifest)) {
      const changed = structuredClone(manifest);
      replaceAt(changed, path, "changed!");
      expect(ownedFieldsDiffer(manifest, changed), `${manifest.kind} ${path.join(".")}`).toBe(true);
    }
  }
});

test.each<[string, (live: Live) => void]>([
  ["others' labels, sidecars, defaults and status", () => undefined],
  ["cpu written in thousandths", (live) => Object.assign(server(live).resources.limits, { cpu: "1000m" })],
  ["memory written in bytes", (live) => Object.assign(server(live).resources.limits, { memory: "1073741824" })],
  ["variables in another order", (live) => server(live).env.reverse()],
  ["a probe with its defaults", (live) => Object.assign(server(live).startupProbe, { successThreshold: 1 })],
  [
    "an empty directory that is left out",
    (live) => Object.assign(live.spec.template.spec.volumes[0] ?? {}, { emptyDir: null }),
  ],
])("is no difference: %s", (_, change) => {
  const live = stored();
  change(live);
  expect(ownedFieldsDiffer(DEPLOYMENT, live)).toBe(false);
});

test.each<[string, (live: Live) => void]>([
  ["other replicas", (live) => Object.assign(live.spec, { replicas: 2 })],
  ["another image", (live) => Object.assign(server(live), { image: "x" })],
  ["a container that is gone", (live) => live.spec.template.spec.containers.pop()],
  ["more memory", (live) => Object.assign(server(live).resources.limits, { memory: "2Gi" })],
  ["a variable that is gone", (live) => server(live).env.pop()],
  ["a label that is gone", (live) => Reflect.deleteProperty(live.metadata.labels, "slipway.dev/endpoint")],
  [
    "the hash of another rendering",
    (live) => Object.assign(live.metadata.annotations, { "slipway.dev/rendered-hash": "0" }),
  ],
])("is a difference: %s", (_, change) => {
  const live = stored();
  change(live);
  expect(ownedFieldsDiffer(DEPLOYMENT, live)).toBe(true);
});

test("a claim that was grown is left as it is; a smaller one is not", () => {
  const claim = ALL.find(({ kind }) => kind === "PersistentVolumeClaim");
  if (claim === undefined) throw new Error("no claim was rendered");
  const sized = (storage: string) => ({
    ...claim,
    spec: { ...(claim.spec as object), resources: { requests: { storage } } },
  });
  expect(ownedFieldsDiffer(claim, sized("100Gi"))).toBe(false);
  expect(ownedFieldsDiffer(claim, sized("10Gi"))).toBe(true);
});

function leaves(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, member]) => leaves(member, [...path, key]));
}

function replaceAt(target: object, path: string[], value: unknown): void {
  const last = path.at(-1) ?? "";
  const parent = path.slice(0, -1).reduce<object>((at, key) => Reflect.get(at, key) as object, target);
  Reflect.set(parent, last, value);
}
