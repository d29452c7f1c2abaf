import { COMPONENT, LABEL, ROUTER_NAME } from "#domain/shared/cluster-names.ts";
import { type ArtifactsInput, artifactsObjects } from "./artifacts.ts";
import { hashed, imageOf, labelsOf, type Manifest, type Scope } from "./manifest.ts";
import {
  budget,
  containerSecurity,
  fromField,
  httpPort,
  httpProbe,
  LIVE_PACE,
  listenEnv,
  podSecurity,
  READY_PACE,
  scrapeAnnotations,
  spread,
} from "./pod.ts";

export type EnvironmentInput = ArtifactsInput & {
  /** How applications reach the routers; `nodePort` asks for a given port, which only NodePort and LoadBalancer have. */
  gateway: { serviceType: "ClusterIP" | "NodePort" | "LoadBalancer"; nodePort?: number };
  /** Labels that the cluster's Prometheus selects PodMonitors by; null where the kind is not served. */
  podMonitorLabels: Readonly<Record<string, string>> | null;
};

/** What every environment runs beside its endpoints: routers and the artifact store. */
export const environmentObjects = (scope: Scope, input: EnvironmentInput): Manifest[] => [
  ...artifactsObjects(scope, input),
  ...[
    routerDeployment(scope),
    routerService(scope, input.gateway),
    routerBudget(scope),
    ...(input.podMonitorLabels === null ? [] : [podMonitor(scope, input.podMonitorLabels)]),
  ].map(hashed),
];

const selectorOf = (scope: Scope): Record<string, string> => ({
  [LABEL.installation]: scope.installationId,
  [LABEL.component]: COMPONENT.router,
});
const metadataOf = (scope: Scope): Manifest["metadata"] => ({
  name: ROUTER_NAME,
  namespace: scope.namespace,
  labels: labelsOf(scope, COMPONENT.router, ROUTER_NAME),
});

const STATE_FOLDER = "/slipway/state";
/** The router's own: it goes on serving for 10 s, then finishes what a plan may give 30 s. */
const GRACE_SECONDS = 60;

function routerDeployment(scope: Scope): Manifest {
  const selector = selectorOf(scope);
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadataOf(scope),
    spec: {
      replicas: 2,
      revisionHistoryLimit: 2,
      progressDeadlineSeconds: 600,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: selector },
      template: {
        metadata: {
          labels: labelsOf(scope, COMPONENT.router, ROUTER_NAME),
          annotations: scrapeAnnotations("/metrics", httpPort.containerPort),
        },
        spec: {
          serviceAccountName: ROUTER_NAME,
          automountServiceAccountToken: true,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: GRACE_SECONDS,
          securityContext: podSecurity,
          topologySpreadConstraints: spread(selector),
          containers: [routerContainer(scope)],
          volumes: [{ name: "state", emptyDir: {} }],
        },
      },
    },
  };
}

const routerContainer = (scope: Scope) => ({
  name: "router",
  image: imageOf(scope, "router"),
  ports: [httpPort],
  env: [
    ...listenEnv(),
    fromField("POD_NAME", "metadata.name"),
    fromField("POD_UID", "metadata.uid"),
    fromField("POD_NAMESPACE", "metadata.namespace"),
    fromField("NODE_NAME", "spec.nodeName"),
    { name: "SLIPWAY_INSTALLATION", value: scope.installationId },
    { name: "SLIPWAY_ENVIRONMENT", value: scope.environment },
    { name: "STATE_DIR", value: STATE_FOLDER },
  ],
  // No limit on its time: a router that is held back delays every answer.
  resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { memory: "1Gi" } },
  securityContext: containerSecurity,
  volumeMounts: [{ name: "state", mountPath: STATE_FOLDER }],
  readinessProbe: httpProbe("/health/ready", READY_PACE),
  livenessProbe: httpProbe("/health/live", LIVE_PACE),
});

function routerService(scope: Scope, { serviceType, nodePort }: EnvironmentInput["gateway"]): Manifest {
  const asked = serviceType === "ClusterIP" || nodePort === undefined ? {} : { nodePort };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadataOf(scope),
    spec: {
      type: serviceType,
      selector: selectorOf(scope),
      ports: [
        { name: httpPort.name, port: httpPort.containerPort, targetPort: httpPort.name, protocol: "TCP", ...asked },
      ],
    },
  };
}

const routerBudget = (scope: Scope): Manifest => ({
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: metadataOf(scope),
  spec: budget(selectorOf(scope)),
});

/** For clusters whose Prometheus goes by PodMonitors and not by annotations: everything of ours that has metrics. */
function podMonitor(scope: Scope, labels: Readonly<Record<string, string>>): Manifest {
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PodMonitor",
    metadata: {
      name: "slipway",
      namespace: scope.namespace,
      labels: { ...labels, ...labelsOf(scope, COMPONENT.router, "slipway") },
    },
    spec: {
      selector: {
        matchLabels: { [LABEL.installation]: scope.installationId },
        matchExpressions: [{ key: LABEL.component, operator: "In", values: [COMPONENT.model, COMPONENT.router] }],
      },
      podMetricsEndpoints: [
        {
          port: httpPort.name,
          path: "/metrics",
          // The operator calls a target's port its endpoint, and Prometheus would set the routers' own label aside for it.
          relabelings: [{ action: "labeldrop", regex: "endpoint" }],
        },
      ],
      podTargetLabels: [LABEL.endpoint, LABEL.endpointUid, LABEL.revision, LABEL.model, LABEL.version],
    },
  };
}
