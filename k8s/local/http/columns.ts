import type { Resource } from "../store/resources.ts";
import type { KubeObject } from "../store/types.ts";
import { ageOf } from "./age.ts";
import { type Column, NAME } from "./column.ts";
import { POD_COLUMNS } from "./pod-columns.ts";

export type { Column } from "./column.ts";

const AGE: Column = { name: "Age", cell: ({ metadata }, now) => ageOf(metadata.creationTimestamp, now) };
const none = (text: string | undefined) => text || "<none>";
const column = (name: string, cell: Column["cell"], more: Partial<Column> = {}): Column => ({ name, cell, ...more });
const wide = (name: string, cell: Column["cell"]): Column => column(name, cell, { wide: true });
const integer = (name: string, cell: Column["cell"]): Column => column(name, cell, { type: "integer" });
const size = (value: unknown): number => (typeof value === "object" && value !== null ? Object.keys(value).length : 0);

type LabelSelector = {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
};
const pairs = (labels: Record<string, string> | undefined) =>
  Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(",");
function selectorText(selector: LabelSelector | undefined): string {
  const expressions = (selector?.matchExpressions ?? []).map(({ key, operator, values }) => {
    if (operator === "Exists") return key;
    return operator === "DoesNotExist" ? `!${key}` : `${key} ${operator.toLowerCase()} (${(values ?? []).join(",")})`;
  });
  return none([pairs(selector?.matchLabels), ...expressions].filter(Boolean).join(","));
}

const podSpecOf = (object: KubeObject): { containers: { name: string; image: string }[] } =>
  object.spec?.template?.spec ?? { containers: [] };
const CONTAINERS: readonly Column[] = [
  wide("Containers", (object) =>
    podSpecOf(object)
      .containers.map(({ name }) => name)
      .join(","),
  ),
  wide("Images", (object) =>
    podSpecOf(object)
      .containers.map(({ image }) => image)
      .join(","),
  ),
  wide("Selector", ({ spec }) => selectorText(spec?.selector)),
];

function externalAddress({ spec, status }: KubeObject): string {
  if (spec?.type === "ExternalName") return spec.externalName ?? "<none>";
  if (spec?.type !== "LoadBalancer") return none(spec?.externalIPs?.join(","));
  const ingress: { ip?: string; hostname?: string }[] = status?.loadBalancer?.ingress ?? [];
  return ingress.map(({ ip, hostname }) => ip ?? hostname).join(",") || "<pending>";
}

type ServicePort = { port: number; nodePort?: number; protocol: string };
const servicePorts = ({ spec }: KubeObject) =>
  none(
    ((spec?.ports ?? []) as ServicePort[])
      .map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ""}/${protocol}`)
      .join(","),
  );

const sliceAddresses = ({ endpoints }: KubeObject) => {
  const all = ((endpoints ?? []) as { addresses: string[] }[]).flatMap(({ addresses }) => addresses);
  const shown = all.slice(0, 3).join(",");
  return all.length === 0 ? "<unset>" : all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown;
};

const eventTime = (event: KubeObject) => event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
const sourceText = ({ source, reportingComponent, reportingInstance }: KubeObject) =>
  [source?.component ?? reportingComponent, source?.host ?? reportingInstance].filter(Boolean).join(", ");

const condition = (object: KubeObject, type: string): string | undefined =>
  object.status?.conditions?.find((entry: { type: string }) => entry.type === type)?.status;

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  pods: POD_COLUMNS,
  "deployments.apps": [
    NAME,
    column("Ready", ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`),
    column("Up-to-date", ({ status }) => status?.updatedReplicas ?? 0),
    column("Available", ({ status }) => status?.availableReplicas ?? 0),
    AGE,
    ...CONTAINERS,
  ],
  "replicasets.apps": [
    NAME,
    integer("Desired", ({ spec }) => spec?.replicas ?? 0),
    integer("Current", ({ status }) => status?.replicas ?? 0),
    integer("Ready", ({ status }) => status?.readyReplicas ?? 0),
    AGE,
    ...CONTAINERS,
  ],
  services: [
    NAME,
    column("Type", ({ spec }) => spec?.type ?? ""),
    column("Cluster-IP", ({ spec }) => none(spec?.clusterIP)),
    column("External-IP", externalAddress),
    column("Port(s)", servicePorts),
    AGE,
    wide("Selector", ({ spec }) => none(pairs(spec?.selector))),
  ],
  configmaps: [NAME, column("Data", ({ data, binaryData }) => size(data) + size(binaryData)), AGE],
  secrets: [NAME, column("Type", ({ type }) => type ?? ""), column("Data", ({ data }) => size(data)), AGE],
  serviceaccounts: [NAME, AGE],
  namespaces: [NAME, column("Status", ({ status }) => status?.phase ?? ""), AGE],
  nodes: [
    NAME,
    column("Status", (node) => (condition(node, "Ready") === "True" ? "Ready" : "NotReady")),
    column("Roles", () => "<none>"),
    AGE,
    column("Version", ({ status }) => status?.nodeInfo?.kubeletVersion ?? ""),
    wide("Internal-IP", ({ status }) =>
      none(status?.addresses?.find((a: { type: string }) => a.type === "InternalIP")?.address),
    ),
    wide("OS-Image", ({ status }) => none(status?.nodeInfo?.osImage)),
    wide("Kernel-Version", ({ status }) => none(status?.nodeInfo?.kernelVersion)),
    wide("Container-Runtime", ({ status }) => none(status?.nodeInfo?.containerRuntimeVersion)),
  ],
  persistentvolumeclaims: [
    NAME,
    column("Status", ({ metadata, status }) => (metadata.deletionTimestamp ? "Terminating" : (status?.phase ?? ""))),
    column("Volume", ({ spec }) => spec?.volumeName ?? ""),
    column("Capacity", ({ status }) => status?.capacity?.storage ?? ""),
    column("Access Modes", ({ status }) =>
      (status?.accessModes ?? []).map((mode: string) => mode.replace(/[a-z]/g, "")).join(","),
    ),
    column("StorageClass", ({ spec }) => spec?.storageClassName ?? ""),
    AGE,
  ],
  "endpointslices.discovery.k8s.io": [
    NAME,
    column("AddressType", ({ addressType }) => addressType ?? ""),
    column(
      "Ports",
      ({ ports }) => ((ports ?? []) as { port?: number }[]).map(({ port }) => port ?? "*").join(",") || "<unset>",
    ),
    column("Endpoints", sliceAddresses),
    AGE,
  ],
  events: [
    column("Last Seen", (event, now) => ageOf(eventTime(event), now)),
    column("Type", ({ type }) => type ?? ""),
    column("Reason", ({ reason }) => reason ?? ""),
    column(
      "Object",
      ({ involvedObject }) => `${String(involvedObject?.kind ?? "").toLowerCase()}/${involvedObject?.name ?? ""}`,
    ),
    wide("Subobject", ({ involvedObject }) => involvedObject?.fieldPath ?? ""),
    wide("Source", sourceText),
    column("Message", ({ message }) => String(message ?? "").trim()),
    wide("First Seen", (event, now) => ageOf(event.firstTimestamp ?? eventTime(event), now)),
    wide("Count", ({ count }) => count ?? 1),
    { ...NAME, wide: true },
  ],
  "leases.coordination.k8s.io": [NAME, column("Holder", ({ spec }) => spec?.holderIdentity ?? ""), AGE],
  "horizontalpodautoscalers.autoscaling": [
    NAME,
    column("Reference", ({ spec }) => `${spec?.scaleTargetRef?.kind}/${spec?.scaleTargetRef?.name}`),
    column("Targets", () => "<unknown>"),
    column("MinPods", ({ spec }) => spec?.minReplicas ?? "<unset>"),
    integer("MaxPods", ({ spec }) => spec?.maxReplicas ?? 0),
    integer("Replicas", ({ status }) => status?.currentReplicas ?? 0),
    AGE,
  ],
  "poddisruptionbudgets.policy": [
    NAME,
    column("Min Available", ({ spec }) => spec?.minAvailable ?? "N/A"),
    column("Max Unavailable", ({ spec }) => spec?.maxUnavailable ?? "N/A"),
    integer("Allowed Disruptions", ({ status }) => status?.disruptionsAllowed ?? 0),
    AGE,
  ],
  "networkpolicies.networking.k8s.io": [
    NAME,
    column("Pod-Selector", ({ spec }) => selectorText(spec?.podSelector)),
    AGE,
  ],
  "roles.rbac.authorization.k8s.io": [NAME, column("Created At", ({ metadata }) => metadata.creationTimestamp)],
  "rolebindings.rbac.authorization.k8s.io": [
    NAME,
    column("Role", ({ roleRef }) => `${roleRef?.kind}/${roleRef?.name}`),
    AGE,
  ],
  "customresourcedefinitions.apiextensions.k8s.io": [
    NAME,
    column("Created At", ({ metadata }) => metadata.creationTimestamp),
  ],
};

export const columnsOf = (resource: Resource): readonly Column[] => COLUMNS[resource.name] ?? [NAME, AGE];
