/** Labels, annotations and object names that web, worker, router and pods agree on (docs/architecture.md, "Wire contracts"). */
export const LABEL = {
  managedBy: "app.kubernetes.io/managed-by",
  name: "app.kubernetes.io/name",
  installation: "slipway.dev/installation",
  component: "slipway.dev/component",
  endpoint: "slipway.dev/endpoint",
  endpointUid: "slipway.dev/endpoint-uid",
  revision: "slipway.dev/revision",
  /** Ids: a model's name may hold what a label may not, so names go to ANNOTATION. */
  model: "slipway.dev/model",
  version: "slipway.dev/version",
} as const;
export const MANAGED_BY = "slipway";

export const ANNOTATION = {
  /** On a router pod's Lease: JSON {"<endpoint uid>": <plan number>}. */
  acks: "slipway.dev/acks",
  modelName: "slipway.dev/model-name",
  versionNumber: "slipway.dev/version-number",
  /** Hash of the rendered object; apply only when this or an owned field differs. */
  renderedHash: "slipway.dev/rendered-hash",
} as const;

/** Values of LABEL.component. */
export const COMPONENT = { plan: "plan", model: "model", router: "router", artifacts: "artifacts" } as const;

export const ROUTER_NAME = "slipway-router";
export const ARTIFACTS_NAME = "slipway-artifacts";
export const MODEL_SERVICE_ACCOUNT = "slipway-model";
/** Every pod program listens on this port of its pod address. */
export const POD_PORT = 8080;

export const fieldManagerOf = (installationId: string) => `slipway-${installationId.slice(0, 8)}`;
export const planConfigMapName = (endpoint: string) => `${endpoint}-plan`;
/** Deployment and Service of a revision. */
export const revisionObjectName = (endpoint: string, revision: number) => `${endpoint}-r${revision}`;
