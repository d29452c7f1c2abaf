// Writes k8s/install/chart/templates from the kustomize files, which are the source: what a value of the chart decides is
// put in their place, everything else is taken over as it is. `node scripts/make-chart.ts` after each change of them.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Document, parseAllDocuments, stringify } from "yaml";

type Installable = { kind: string; metadata: { name: string } };
type Place = readonly (string | number)[];
/** `kind/name`, or `*` for every object of the file; the value's place in it; the expression that stands there. */
type Substitution = readonly [object: string, place: Place, expression: string];
type Template = Readonly<{
  source: string;
  substitutions: readonly Substitution[];
  /** Lines around the whole file. */
  around?: readonly [before: string, after: string];
}>;

const CHART = "k8s/install/chart";
const quoted = (value: string) => `{{ ${value} | quote }}`;
/** JSON is YAML, wherever it stands and however deep. */
const whole = (value: string) => `{{ ${value} | toJson }}`;
const image = (program: string) =>
  `{{ printf "%s%s:%s" .Values.imagePrefix "${program}" (.Values.imageTag | default .Chart.AppVersion) | quote }}`;
const MIGRATED_BY =
  'printf "%s%s%s" .Values.imagePrefix (.Values.imageTag | default .Chart.AppVersion) (.Values.imagePullSecrets | toJson)';
const setting = (name: string, value: string): Substitution => ["ConfigMap/slipway", ["data", name], value];

const inRelease: Substitution = ["*", ["metadata", "namespace"], "{{ .Release.Namespace }}"];
const inEnvironment: Substitution = ["*", ["metadata", "namespace"], "{{ .namespace }}"];
const eachEnvironment = ["{{- range .Values.environments }}", "{{- end }}"] as const;
const podSpec = ["spec", "template", "spec"] as const;
const container = [...podSpec, "containers", 0] as const;
const pulling: Place = [...podSpec, "imagePullSecrets"];

const deployment = (name: string): Substitution[] => [
  [`Deployment/slipway-${name}`, ["spec", "replicas"], `{{ .Values.${name}.replicas }}`],
  [`Deployment/slipway-${name}`, [...container, "image"], image(name)],
  [`Deployment/slipway-${name}`, [...container, "resources"], whole(`.Values.${name}.resources`)],
  [`Deployment/slipway-${name}`, [...podSpec, "affinity"], whole(".Values.artifacts.affinity")],
  [`Deployment/slipway-${name}`, pulling, whole(".Values.imagePullSecrets")],
];
/** The account of a kubeconfig lies in the environment, that of the pods where the release is. */
const rights = (who: string): Substitution[] => [
  inEnvironment,
  [`RoleBinding/slipway-${who}`, ["subjects", 0, "namespace"], "{{ .namespace }}"],
  ...(who === "router"
    ? []
    : ([[`RoleBinding/slipway-${who}`, ["subjects", 1, "namespace"], "{{ $.Release.Namespace }}"]] as const)),
  ...(who === "web" ? ([["RoleBinding/slipway-web", ["subjects", 2, "namespace"], "{{ .namespace }}"]] as const) : []),
];

export const TEMPLATES: readonly Template[] = [
  { source: "control-plane/service-accounts.yaml", substitutions: [inRelease] },
  {
    source: "control-plane/settings.yaml",
    // `data` is the last of it, so its lines may go on.
    around: [
      "# Of .Values.extraEnv are those that no other value sets.",
      "{{- range $name, $value := .Values.extraEnv }}\n  {{ $name }}: {{ $value | quote }}\n{{- end }}",
    ],
    substitutions: [
      inRelease,
      setting("SLIPWAY_PUBLIC_URL", quoted(".Values.publicUrl")),
      setting("SLIPWAY_ADMIN_EMAIL", quoted(".Values.adminEmail")),
      setting("SLIPWAY_CLUSTER_NAME", quoted(".Values.clusterName")),
      setting("SLIPWAY_IMAGE_PREFIX", quoted(".Values.imagePrefix")),
      setting("SLIPWAY_LOCAL_ENVIRONMENT", quoted("first .Values.environments | toJson")),
      setting("PROMETHEUS_URL", quoted(".Values.prometheusUrl")),
      setting("SLIPWAY_LOG_LEVEL", quoted(".Values.logLevel")),
      setting("SLIPWAY_TRUST_PROXY", quoted(".Values.ingress.enabled | toString")),
    ],
  },
  {
    source: "control-plane/artifacts.yaml",
    substitutions: [
      inRelease,
      ["*", ["metadata", "annotations"], '{"helm.sh/resource-policy": "keep"}'],
      ["*", ["spec", "accessModes"], whole(".Values.artifacts.accessModes")],
      ["*", ["spec", "storageClassName"], whole(".Values.artifacts.storageClassName")],
      ["*", ["spec", "resources", "requests", "storage"], quoted(".Values.artifacts.size")],
    ],
  },
  {
    source: "control-plane/migrate.yaml",
    substitutions: [
      inRelease,
      // A Job's template cannot be changed: whatever of it a value decides makes another one.
      ["*", ["metadata", "name"], `slipway-migrate-{{ ${MIGRATED_BY} | sha256sum | trunc 10 }}`],
      ["*", [...container, "image"], image("migrate")],
      ["*", pulling, whole(".Values.imagePullSecrets")],
    ],
  },
  { source: "control-plane/web.yaml", substitutions: [inRelease, ...deployment("web")] },
  { source: "control-plane/worker.yaml", substitutions: [inRelease, ...deployment("worker")] },
  {
    source: "several-nodes/disruption-budgets.yaml",
    around: ["{{- if not .Values.artifacts.affinity }}", "{{- end }}"],
    substitutions: [inRelease],
  },
  { source: "control-plane/network-policies.yaml", substitutions: [inRelease] },
  {
    source: "ingress/ingress.yaml",
    around: ["{{- if .Values.ingress.enabled }}", "{{- end }}"],
    substitutions: [
      inRelease,
      ["*", ["metadata", "annotations"], whole(".Values.ingress.annotations")],
      ["*", ["spec", "ingressClassName"], quoted(".Values.ingress.className")],
      ["*", ["spec", "tls", 0, "hosts", 0], quoted(".Values.ingress.host")],
      ["*", ["spec", "tls", 0, "secretName"], quoted(".Values.ingress.tlsSecretName")],
      ["*", ["spec", "rules", 0, "host"], quoted(".Values.ingress.host")],
    ],
  },
  {
    source: "environment/namespace.yaml",
    around: ["{{- if .Values.createNamespaces }}\n{{- range .Values.environments }}", "{{- end }}\n{{- end }}"],
    substitutions: [
      ["*", ["metadata", "name"], "{{ .namespace }}"],
      ["*", ["metadata", "annotations"], '{"helm.sh/resource-policy": "keep"}'],
    ],
  },
  { source: "environment/service-accounts.yaml", around: eachEnvironment, substitutions: [inEnvironment] },
  { source: "environment/router-rights.yaml", around: eachEnvironment, substitutions: rights("router") },
  { source: "environment/worker-rights.yaml", around: eachEnvironment, substitutions: rights("worker") },
  { source: "environment/web-rights.yaml", around: eachEnvironment, substitutions: rights("web") },
];

/** A template's file name and text. `root` is the checkout. */
export function chartFile(root: string, { source, substitutions, around }: Template): { name: string; text: string } {
  const objects = parseAllDocuments(readFileSync(join(root, "k8s/install", source), "utf8")).map(
    (document) => document.toJS() as Installable,
  );
  const expressions: string[] = [];
  const texts = objects.map((object) => {
    const { kind, metadata } = object;
    const document = new Document(object);
    for (const [wanted, place, expression] of substitutions)
      if (wanted === "*" || wanted === `${kind}/${metadata.name}`)
        document.setIn(place, `HELM-${expressions.push(expression) - 1}-`);
    return document.toString({ lineWidth: 0 });
  });
  const body = texts.join("---\n").replace(/HELM-(\d+)-/g, (_, index: string) => expressions[Number(index)] ?? "");
  const name = source.replace(/^control-plane\//, "").replaceAll("/", "-");
  // Between two rounds of a range, objects need their line.
  const parts = around === undefined ? [body] : [around[0], "---", body.trimEnd(), around[1]];
  return { name, text: `${parts.join("\n").trimEnd()}\n` };
}

const releaseOf = (root: string) =>
  (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version;

export const chartYaml = (root: string) =>
  stringify({
    apiVersion: "v2",
    name: "slipway",
    description: "Web control plane for machine-learning models on Kubernetes",
    type: "application",
    version: releaseOf(root),
    appVersion: releaseOf(root),
  });

if (import.meta.main) {
  const root = join(import.meta.dirname, "..");
  const folder = join(root, CHART, "templates");
  mkdirSync(folder, { recursive: true });
  const files = TEMPLATES.map((template) => chartFile(root, template));
  const strange = readdirSync(folder).filter((name) => !files.some((file) => file.name === name));
  if (strange.length > 0) throw new Error(`not made by this script: ${strange.join(", ")}`);
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
  writeFileSync(join(root, CHART, "Chart.yaml"), chartYaml(root));
}
