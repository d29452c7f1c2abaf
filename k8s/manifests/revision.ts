import {
  ANNOTATION,
  ARTIFACTS_NAME,
  COMPONENT,
  LABEL,
  MODEL_SERVICE_ACCOUNT,
  POD_PORT,
  revisionObjectName,
} from "#domain/shared/cluster-names.ts";
import { parseQuantity } from "#domain/shared/quantity.ts";
import { hashed, imageOf, labelsOf, type Manifest, type Scope } from "./manifest.ts";
import { ownedByPlan } from "./plan.ts";
import {
  budget,
  containerSecurity,
  type EnvVar,
  fromSecret,
  httpPort,
  httpProbe,
  LIVE_PACE,
  listenEnv,
  podSecurity,
  READY_PACE,
  scrapeAnnotations,
  spread,
} from "./pod.ts";
import { type PodRuntime, podRuntime } from "./runtimes.ts";

export type RevisionInput = {
  endpoint: string;
  endpointUid: string;
  /** Uid of the live plan ConfigMap, which owns what is rendered here. */
  planUid: string;
  revision: number;
  model: { id: string; name: string };
  version: { id: string; number: string; digest: string };
  runtime: string;
  replicas: { min: number; max: number };
  /** How many now: 0 when no plan wants it. Not rendered when max > min: then the autoscaler's, see `revisionObjects`. */
  desiredReplicas: number;
  /** Quantities as Kubernetes writes them. */
  resources: { cpu: string; memory: string; gpu: number };
  /** Default 600. */
  progressDeadlineSeconds?: number;
  env: Readonly<Record<string, string | { secretRef: { name: string; key: string } }>>;
};

/**
 * Deployment and Service of a revision, with an autoscaler when max > min and a disruption budget when min ≥ 2.
 * With an autoscaler the Deployment names no replicas, since an apply that drops the field would set it to 1: wake it
 * from 0, or put it to 0, by the scale subresource.
 */
export function revisionObjects(scope: Scope, input: RevisionInput): Manifest[] {
  const { min, max } = input.replicas;
  return [
    deployment(scope, input),
    service(scope, input),
    ...(max > min ? [autoscaler(scope, input)] : []),
    ...(min >= 2 ? [disruptionBudget(scope, input)] : []),
  ].map(hashed);
}

/** What a revision's pods, and nobody else's, carry. */
const selectorOf = (scope: Scope, input: RevisionInput): Record<string, string> => ({
  [LABEL.installation]: scope.installationId,
  [LABEL.endpointUid]: input.endpointUid,
  [LABEL.revision]: String(input.revision),
});

const podLabels = (scope: Scope, input: RevisionInput): Record<string, string> => ({
  ...labelsOf(scope, COMPONENT.model, input.endpoint),
  ...selectorOf(scope, input),
  [LABEL.endpoint]: input.endpoint,
  [LABEL.model]: input.model.id,
  [LABEL.version]: input.version.id,
});

/** Names may hold what a label may not. */
const nameAnnotations = ({ model, version }: RevisionInput): Record<string, string> => ({
  [ANNOTATION.modelName]: model.name,
  [ANNOTATION.versionNumber]: version.number,
});

const metadataOf = (scope: Scope, input: RevisionInput): Manifest["metadata"] => ({
  name: revisionObjectName(input.endpoint, input.revision),
  namespace: scope.namespace,
  labels: podLabels(scope, input),
  annotations: nameAnnotations(input),
  ownerReferences: [ownedByPlan(input.endpoint, input.planUid)],
});

/** How long a model may take to load before its program is started anew, and a rollout before it counts as failed. */
const START_SECONDS = 600;
/** preStop, then requests under way, which a plan may give 30 s. */
const GRACE_SECONDS = 60;

function deployment(scope: Scope, input: RevisionInput): Manifest {
  const runtime = podRuntime(input.runtime);
  const selector = selectorOf(scope, input);
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadataOf(scope, input),
    spec: {
      ...(input.replicas.max > input.replicas.min ? {} : { replicas: input.desiredReplicas }),
      // A revision is immutable: there is nothing to go back to.
      revisionHistoryLimit: 1,
      progressDeadlineSeconds: input.progressDeadlineSeconds ?? START_SECONDS,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: selector },
      template: {
        metadata: {
          labels: podLabels(scope, input),
          annotations: { ...nameAnnotations(input), ...scrapeAnnotations(runtime.metrics.path, runtime.port) },
        },
        spec: {
          serviceAccountName: MODEL_SERVICE_ACCOUNT,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: GRACE_SECONDS,
          securityContext: podSecurity,
          topologySpreadConstraints: spread(selector),
          initContainers: [fetchContainer(scope, input, runtime)],
          containers: [serverContainer(scope, input, runtime)],
          volumes: [{ name: "model", emptyDir: {} }],
        },
      },
    },
  };
}

function fetchContainer(scope: Scope, { version, resources }: RevisionInput, { layout }: PodRuntime) {
  const { cpu, memory } = resources;
  return {
    name: "fetch",
    image: imageOf(scope, "fetch"),
    env: [
      { name: "ARTIFACT_BASE_URL", value: `http://${ARTIFACTS_NAME}.${scope.namespace}.svc:${POD_PORT}` },
      { name: "ARTIFACT_DIGEST", value: version.digest },
      fromSecret("ARTIFACT_TOKEN", ARTIFACTS_NAME, "read-token"),
      { name: "TARGET_DIR", value: layout.folder },
    ] satisfies EnvVar[],
    // What the server asks, which it runs before: the pod asks no more by it and keeps its quality of service.
    resources: { requests: { cpu, memory }, limits: { cpu, memory } },
    securityContext: containerSecurity,
    // Its last line says why it ended; the screen's one sentence is made of it.
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: [{ name: "model", mountPath: layout.folder }],
  };
}

function serverContainer(scope: Scope, input: RevisionInput, runtime: PodRuntime) {
  const { layout, probes } = runtime;
  const limits = limitsOf(input.resources);
  return {
    name: "server",
    image: imageOf(scope, runtime.program),
    ...(runtime.args.length === 0 ? {} : { args: runtime.args }),
    ports: [{ ...httpPort, containerPort: runtime.port }],
    env: serverEnv(input, runtime),
    resources: { requests: limits, limits },
    securityContext: containerSecurity,
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: [{ name: "model", mountPath: layout.folder, readOnly: true }],
    // Every second, so that a model that loads fast serves at once; as often as the slowest may need.
    startupProbe: httpProbe(probes.startup, { periodSeconds: 1, timeoutSeconds: 2, failureThreshold: START_SECONDS }),
    readinessProbe: httpProbe(probes.readiness, READY_PACE),
    livenessProbe: httpProbe(probes.liveness, LIVE_PACE),
    // Routers hear of the end while the server still takes what they sent. `exec`, since clusters before 1.30 refuse `sleep`.
    lifecycle: { preStop: { exec: { command: ["sleep", "2"] } } },
  };
}

const limitsOf = ({ cpu, memory, gpu }: RevisionInput["resources"]): Record<string, string> => ({
  cpu,
  memory,
  ...(gpu > 0 ? { "nvidia.com/gpu": String(gpu) } : {}),
});

/** Ours first, the owner's after, in the order of their names; of ours the owner may set those that tune. */
function serverEnv(input: RevisionInput, { layout, threadsVariable }: PodRuntime): EnvVar[] {
  const ours: EnvVar[] = [
    ...listenEnv(),
    { name: "MODEL_NAME", value: input.endpoint },
    { name: "MODEL_VERSION", value: input.version.number },
    { name: layout.variable, value: layout.folder },
    ...(threadsVariable === null ? [] : [{ name: threadsVariable, value: String(threadsOf(input.resources.cpu)) }]),
  ];
  const theirs = Object.entries(input.env)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, value]): EnvVar =>
        typeof value === "string"
          ? { name, value: literal(value) }
          : fromSecret(name, value.secretRef.name, value.secretRef.key),
    );
  return [...ours.filter(({ name }) => !Object.hasOwn(input.env, name)), ...theirs];
}

/** Kubernetes would put another variable's value for `$(NAME)`, and `$` for `$$`. A `$` by itself stays one. */
const literal = (value: string): string => value.replaceAll(/\${2,}|\$(?=\()/g, (run) => run + run);

/** One thread per core that the limit grants, at least one. */
const threadsOf = (cpu: string): number => Math.max(1, Math.floor(parseQuantity(cpu) ?? 1));

function service(scope: Scope, input: RevisionInput): Manifest {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadataOf(scope, input),
    spec: {
      // Routers go by the EndpointSlices: an address in between would serve nobody.
      clusterIP: "None",
      selector: selectorOf(scope, input),
      ports: [{ name: httpPort.name, port: POD_PORT, targetPort: httpPort.name, protocol: "TCP" }],
    },
  };
}

function autoscaler(scope: Scope, input: RevisionInput): Manifest {
  const name = revisionObjectName(input.endpoint, input.revision);
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: metadataOf(scope, input),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      minReplicas: input.replicas.min,
      maxReplicas: input.replicas.max,
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
      ],
    },
  };
}

const disruptionBudget = (scope: Scope, input: RevisionInput): Manifest => ({
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: metadataOf(scope, input),
  spec: budget(selectorOf(scope, input)),
});
