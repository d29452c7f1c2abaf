import { POD_PORT } from "#domain/shared/cluster-names.ts";

export type EnvVar =
  | { name: string; value: string }
  | { name: string; valueFrom: { fieldRef: { fieldPath: string } } }
  | { name: string; valueFrom: { secretKeyRef: { name: string; key: string } } };

export const fromField = (name: string, fieldPath: string): EnvVar => ({
  name,
  valueFrom: { fieldRef: { fieldPath } },
});
export const fromSecret = (name: string, secret: string, key: string): EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
});

/** Every program listens there. */
export const listenEnv = (): EnvVar[] => [
  fromField("POD_IP", "status.podIP"),
  { name: "PORT", value: String(POD_PORT) },
];
export const httpPort = { name: "http", containerPort: POD_PORT, protocol: "TCP" };

/** A number of its own, because Kubernetes cannot tell whether a name in an image is root. */
const USER_ID = 10_001;
/** Pod Security "restricted". */
export const podSecurity = {
  runAsNonRoot: true,
  runAsUser: USER_ID,
  runAsGroup: USER_ID,
  fsGroup: USER_ID,
  seccompProfile: { type: "RuntimeDefault" },
};
export const containerSecurity = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
};

export type ProbePace = { periodSeconds: number; timeoutSeconds: number; failureThreshold: number };
export const httpProbe = (path: string, pace: ProbePace) => ({ httpGet: { path, port: httpPort.name }, ...pace });
export const READY_PACE: ProbePace = { periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 3 };
export const LIVE_PACE: ProbePace = { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 };

/** What Prometheus finds pods by. */
export const scrapeAnnotations = (path: string, port: number): Record<string, string> => ({
  "prometheus.io/scrape": "true",
  "prometheus.io/port": String(port),
  "prometheus.io/path": path,
});

/** Over nodes as far as there are nodes; never a reason to wait. */
export const spread = (matchLabels: Record<string, string>) => [
  {
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels },
  },
];

export const budget = (matchLabels: Record<string, string>) => ({
  maxUnavailable: 1,
  // A pod that never becomes ready must not keep a node from being emptied.
  unhealthyPodEvictionPolicy: "AlwaysAllow",
  selector: { matchLabels },
});
