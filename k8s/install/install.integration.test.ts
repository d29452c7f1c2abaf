import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse, parseAllDocuments, stringify } from "yaml";
import { type ApiServer, startApiServer } from "#k8s/local/api-server.ts";
import { environmentObjects } from "#k8s/manifests/environment.ts";
import { revisionObjects } from "#k8s/manifests/revision.ts";
import { scrapeConfig } from "#scripts/stack/prometheus.ts";
import { release } from "#server/config/release.ts";
import { anEnvironment, aRevision, aScope } from "#test/factories/manifest-input.ts";
import { INSTALL } from "#test/support/installed.ts";
import { refusedByRestricted } from "#test/support/pod-security.ts";

type PodSpec = {
  containers: {
    image: string;
    args?: string[];
    securityContext: object;
    env?: { name: string; valueFrom?: { secretKeyRef?: { key: string } } }[];
  }[];
  volumes?: object[];
  serviceAccountName?: string;
  affinity?: object;
};
type Workload = { kind: string; metadata: { name: string }; spec: { template: { spec: PodSpec } } };

let folder: string;
let server: ApiServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "slipway-install-"));
  server = await startApiServer({ dataDir: join(folder, "data"), kubeconfigPath: join(folder, "kubeconfig") });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const kubectl = async (...args: string[]) => {
  const env = { ...process.env, HOME: folder, KUBECONFIG: join(folder, "kubeconfig") };
  return (await promisify(execFile)("kubectl", args, { env })).stdout;
};
const built = async (name: string) =>
  parseAllDocuments(await kubectl("kustomize", resolve(INSTALL, name))).map((document) => document.toJS() as Workload);
const workloads = (objects: readonly object[]) =>
  (objects as Workload[]).filter(({ kind }) => ["Deployment", "Job"].includes(kind));

test.each(["environment", "control-plane"])(
  "a cluster takes every object of %s, with no field that it does not know",
  async (name) => {
    const objects = await built(name);
    const said = await kubectl("apply", "--server-side", "-k", join(INSTALL, name));
    expect(said.trim().split("\n")).toHaveLength(objects.length);
  },
);

test("the example to copy is both, with a name for web, and taken too", async () => {
  await kubectl("delete", "job", "--namespace=slipway", "--all");
  const both = (await Promise.all(["environment", "control-plane"].map(built))).flat();
  const example = await built("example");
  expect(example).toHaveLength(both.length + 1);
  const said = await kubectl("apply", "--server-side", "-k", join(INSTALL, "example"));
  expect(said).toContain("ingress.networking.k8s.io/slipway-web serverside-applied");
  const images = workloads(example).flatMap(({ spec }) => spec.template.spec.containers.map(({ image }) => image));
  expect(images.filter((image) => !image.startsWith("registry.example.com/slipway/"))).toEqual([]);
});

/** What an overlay of the control plane with these components gives. */
const withComponents = async (...names: string[]) => {
  const overlay = mkdtempSync(join(folder, "overlay-"));
  const at = (name: string) => relative(realpathSync(overlay), realpathSync(join(INSTALL, name)));
  const text = stringify({ resources: [at("control-plane")], components: names.map(at) });
  writeFileSync(join(overlay, "kustomization.yaml"), text);
  return built(overlay);
};

test("a node can be drained: what one node must hold has no disruption budget, what several may hold has", async () => {
  const kinds = (objects: readonly Workload[]) => ({
    tied: objects
      .filter(({ spec }) => spec?.template?.spec.affinity !== undefined)
      .map(({ metadata }) => metadata.name),
    budgets: objects.filter(({ kind }) => kind === "PodDisruptionBudget").map(({ metadata }) => metadata.name),
  });
  const both = ["slipway-web", "slipway-worker"];
  expect(kinds(await withComponents())).toEqual({ tied: both, budgets: [] });
  expect(kinds(await withComponents("several-nodes"))).toEqual({ tied: [], budgets: both });
});

const RENDERED = [
  ...environmentObjects(aScope(), anEnvironment()),
  ...revisionObjects(aScope(), aRevision({ resources: { cpu: "1", memory: "1Gi", gpu: 1 } })),
];

test("every pod that we install or render is admitted where Pod Security is restricted", async () => {
  const all = [...workloads(await built("control-plane")), ...workloads(RENDERED)];
  expect(all.map(({ metadata }) => metadata.name).sort()).toEqual([
    "fraud-r3",
    "slipway-artifacts",
    `slipway-migrate-${release.replaceAll(".", "-")}`,
    "slipway-router",
    "slipway-web",
    "slipway-worker",
  ]);
  for (const { metadata, spec } of all) {
    expect([metadata.name, refusedByRestricted(spec.template.spec)]).toEqual([metadata.name, []]);
  }
});

test("the control plane writes nothing into its images, and no token lies where none is used", async () => {
  for (const { metadata, spec } of workloads(await built("control-plane"))) {
    const pod = spec.template.spec;
    for (const { securityContext } of pod.containers)
      expect(securityContext).toMatchObject({ readOnlyRootFilesystem: true });
    expect(pod).toMatchObject({ automountServiceAccountToken: !metadata.name.startsWith("slipway-migrate") });
  }
});

const settings = async () => {
  const found = (await built("control-plane")).find(({ kind }) => kind === "ConfigMap");
  return (found as unknown as { data: Record<string, string> }).data;
};
/** Variables of all containers that are keys of the Secret. */
const fromSecret = async () =>
  workloads(await built("control-plane")).flatMap(({ spec }) =>
    spec.template.spec.containers.flatMap(({ env = [] }) =>
      env.flatMap(({ name, valueFrom }) => {
        const key = valueFrom?.secretKeyRef?.key;
        return key === undefined ? [] : [{ variable: name, key }];
      }),
    ),
  );

const DOCKERFILE = readFileSync(join(INSTALL, "../../Dockerfile"), "utf8");
const targets = [...DOCKERFILE.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, name]) => name);

test("every image that is installed or rendered is a target of the Dockerfile, of this release, and runs by itself", async () => {
  const all = [...workloads(await built("control-plane")), ...workloads(RENDERED)].flatMap(({ spec }) => {
    const { initContainers = [], containers } = spec.template.spec as PodSpec & {
      initContainers?: { image: string }[];
    };
    return [...initContainers, ...containers].map(({ image }) => image);
  });
  const programs = all.map((image) => /([^/]+):([^:]+)$/.exec(image)?.slice(1) ?? []);
  expect(new Set(programs.map(([, tag]) => tag))).toEqual(new Set([release]));
  for (const [program = ""] of programs) {
    expect(targets).toContain(program);
    const stage = DOCKERFILE.slice(DOCKERFILE.indexOf(` AS ${program}\n`)).split("\nFROM ")[0];
    expect(stage).toMatch(/^ENTRYPOINT \["node", "(\S+)"/m);
  }
  expect(DOCKERFILE.match(/^USER 10001:10001$/gm)).toHaveLength(2);
});

const textOf = (path: string) => readFileSync(join(INSTALL, "../..", path), "utf8");
const DOCUMENT = textOf("docs/install.md");
const CONFIGURATION = textOf("server/config/env.ts");
const VARIABLES = [...CONFIGURATION.matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)].map(([, name = ""]) => name);

test("settings that web and worker are installed with are ones that they read", async () => {
  const known = [CONFIGURATION, textOf("worker/main.ts")];
  // WEB_HOST stands in web's arguments.
  const strange = Object.keys(await settings()).filter(
    (name) => name !== "WEB_HOST" && !known.some((text) => text.includes(`${name}:`)),
  );
  expect(strange).toEqual([]);
});

test("every variable that web and worker read is installed with them, or docs/install.md says how to set it", async () => {
  const installed = [...Object.keys(await settings()), ...(await fromSecret()).map(({ variable }) => variable)];
  const unknown = VARIABLES.filter((name) => !installed.includes(name) && !DOCUMENT.includes(`| \`${name}\` |`));
  // These say where things are on one machine; in a cluster the images and the ServiceAccounts do.
  expect(unknown.sort()).toEqual([
    "KUBECONFIG",
    "PORT",
    "SLIPWAY_ARTIFACT_DIR",
    "SLIPWAY_GATEWAY_PORT",
    "SLIPWAY_GATEWAY_URL",
    "SLIPWAY_KUBE_CONTEXT",
    "SLIPWAY_ROOT",
  ]);
});

test("what is confidential comes from the Secret, by the keys that docs/install.md names", async () => {
  const given = await fromSecret();
  const confidential = VARIABLES.filter((name) => /DATABASE|KEY|PASSWORD|TOKEN|SECRET|AUTHORIZATION/.test(name));
  expect(confidential.filter((name) => !given.some(({ variable }) => variable === name))).toEqual([]);
  const table = DOCUMENT.slice(DOCUMENT.indexOf("| key |"), DOCUMENT.indexOf("## Settings"));
  const named = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(
    ([, keys = ""]) => keys.match(/(?<=`)[a-z-]+(?=`)/g) ?? [],
  );
  expect([...new Set(given.map(({ key }) => key))].sort()).toEqual(named.sort());
});

test("who has an authority of his own gives it to all three by one ConfigMap, and needs none", async () => {
  const [, file = ""] = /`NODE_EXTRA_CA_CERTS: (\S+)`/.exec(DOCUMENT) ?? [];
  for (const { spec } of workloads(await built("control-plane"))) {
    const { containers, volumes = [] } = spec.template.spec;
    expect(volumes).toContainEqual({ name: "ca", configMap: { name: "slipway-ca", optional: true } });
    expect(containers[0]).toMatchObject({
      envFrom: [{ configMapRef: { name: "slipway" } }],
      volumeMounts: expect.arrayContaining([{ name: "ca", mountPath: dirname(file), readOnly: true }]),
    });
  }
});

test("nothing gets into our pods that no policy lets in, and nobody else's are shut off", async () => {
  const objects = await built("control-plane");
  const policies = objects.filter(({ kind }) => kind === "NetworkPolicy");
  expect(policies).toHaveLength(3);
  const ours = { matchLabels: { "app.kubernetes.io/part-of": "slipway" } };
  expect(policies[0]).toMatchObject({ spec: { podSelector: ours, policyTypes: ["Ingress"] } });
  for (const { spec } of workloads(objects))
    expect(spec.template).toMatchObject({ metadata: { labels: ours.matchLabels } });
});

type Service = { build?: { target: string }; ports?: string[]; environment: Record<string, string> };
type Compose = { services: Record<string, Service> };

test("compose runs targets of the Dockerfile, open to this machine alone", () => {
  for (const file of ["docker-compose.yml", "docker-compose.services.yml"]) {
    const { services } = parse(textOf(file)) as Compose;
    for (const { build, ports = [] } of Object.values(services)) {
      if (build !== undefined) expect(targets).toContain(build.target);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  }
});

test("compose tells its container the gateway's port that this machine has, for the addresses on the screens", () => {
  const { slipway } = (parse(textOf("docker-compose.yml")) as Compose).services;
  const port = slipway?.environment.SLIPWAY_GATEWAY_PORT ?? "";
  expect(port).toMatch(/^\$\{SLIPWAY_GATEWAY_PORT:-8088\}$/);
  expect(slipway?.ports).toContain(`127.0.0.1:${port}:${port}`);
});

test("Prometheus beside compose is configured as the one that npm start runs", () => {
  const home = "/slipway/.slipway";
  const options = { home, kubeconfig: `${home}/kubeconfig`, scrapeIntervalSeconds: 5 };
  expect(parse(readFileSync(join(INSTALL, "prometheus.local.yml"), "utf8"))).toEqual(
    scrapeConfig(options, "kubernetes"),
  );
});
