import { apiVersionOf, RESOURCES, type Resource } from "../store/resources.ts";

/** Also the review kinds, which are answered and never stored. */
const REVIEWS = [
  { group: "authentication.k8s.io", plural: "selfsubjectreviews", kind: "SelfSubjectReview", namespaced: false },
  { group: "authentication.k8s.io", plural: "tokenreviews", kind: "TokenReview", namespaced: false },
  {
    group: "authorization.k8s.io",
    plural: "localsubjectaccessreviews",
    kind: "LocalSubjectAccessReview",
    namespaced: true,
  },
  {
    group: "authorization.k8s.io",
    plural: "selfsubjectaccessreviews",
    kind: "SelfSubjectAccessReview",
    namespaced: false,
  },
  {
    group: "authorization.k8s.io",
    plural: "selfsubjectrulesreviews",
    kind: "SelfSubjectRulesReview",
    namespaced: false,
  },
  { group: "authorization.k8s.io", plural: "subjectaccessreviews", kind: "SubjectAccessReview", namespaced: false },
] as const;

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

type Entry = {
  plural: string;
  singular: string;
  kind: string;
  namespaced: boolean;
  verbs: readonly string[];
  shortNames: readonly string[];
  categories: readonly string[];
  subresources: { name: string; kind: string; group: string; version: string; verbs: readonly string[] }[];
};

const SUBRESOURCES: Readonly<
  Record<string, { kind?: string; group?: string; version?: string; verbs: readonly string[] }>
> = {
  status: { verbs: ["get", "patch", "update"] },
  scale: { kind: "Scale", group: "autoscaling", version: "v1", verbs: ["get", "patch", "update"] },
  log: { verbs: ["get"] },
  eviction: { kind: "Eviction", group: "policy", version: "v1", verbs: ["create"] },
  finalize: { verbs: ["update"] },
  token: { kind: "TokenRequest", group: "authentication.k8s.io", version: "v1", verbs: ["create"] },
};

const entryOf = (resource: Resource): Entry => ({
  plural: resource.plural,
  singular: resource.singular,
  kind: resource.kind,
  namespaced: resource.namespaced,
  verbs: resource.kind === "Namespace" ? VERBS.filter((verb) => verb !== "deletecollection") : VERBS,
  shortNames: resource.shortNames,
  categories: resource.inAll ? ["all"] : [],
  subresources: resource.subresources.map((name) => {
    const { kind = resource.kind, group = "", version = "", verbs = [] } = SUBRESOURCES[name] ?? {};
    return { name, kind, group, version, verbs };
  }),
});

const GROUP_VERSIONS = new Map<string, Entry[]>();
for (const resource of RESOURCES) {
  const key = apiVersionOf(resource);
  GROUP_VERSIONS.set(key, [...(GROUP_VERSIONS.get(key) ?? []), entryOf(resource)]);
}
for (const { group, plural, kind, namespaced } of REVIEWS) {
  const entry: Entry = {
    plural,
    kind,
    namespaced,
    singular: kind.toLowerCase(),
    verbs: ["create"],
    shortNames: [],
    categories: [],
    subresources: [],
  };
  GROUP_VERSIONS.set(`${group}/v1`, [...(GROUP_VERSIONS.get(`${group}/v1`) ?? []), entry]);
}
const GROUPS = [...GROUP_VERSIONS.keys()].filter((key) => key.includes("/"));
const nameOf = (groupVersion: string) => groupVersion.split("/")[0] ?? "";
const versionOf = (groupVersion: string) => groupVersion.split("/").at(-1) ?? "";

function aggregated(groupVersions: readonly string[]) {
  const items = groupVersions.map((key) => ({
    metadata: key.includes("/") ? { name: nameOf(key) } : {},
    versions: [
      {
        version: versionOf(key),
        resources: (GROUP_VERSIONS.get(key) ?? []).map((entry) => ({
          resource: entry.plural,
          responseKind: { group: "", version: "", kind: entry.kind },
          scope: entry.namespaced ? "Namespaced" : "Cluster",
          singularResource: entry.singular,
          verbs: entry.verbs,
          ...(entry.shortNames.length > 0 && { shortNames: entry.shortNames }),
          ...(entry.categories.length > 0 && { categories: entry.categories }),
          ...(entry.subresources.length > 0 && {
            subresources: entry.subresources.map(({ name, kind, group, version, verbs }) => ({
              subresource: name,
              responseKind: { group, version, kind },
              verbs,
            })),
          }),
        })),
        freshness: "Current",
      },
    ],
  }));
  return { kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2", metadata: {}, items };
}

function resourceList(groupVersion: string) {
  const resources = (GROUP_VERSIONS.get(groupVersion) ?? []).flatMap((entry) => [
    {
      name: entry.plural,
      singularName: entry.singular,
      namespaced: entry.namespaced,
      kind: entry.kind,
      verbs: entry.verbs,
      ...(entry.shortNames.length > 0 && { shortNames: entry.shortNames }),
      ...(entry.categories.length > 0 && { categories: entry.categories }),
    },
    ...entry.subresources.map(({ name, kind, group, version, verbs }) => ({
      name: `${entry.plural}/${name}`,
      singularName: "",
      namespaced: entry.namespaced,
      ...(group && { group, version }),
      kind,
      verbs,
    })),
  ]);
  return { kind: "APIResourceList", ...(groupVersion.includes("/") && { apiVersion: "v1" }), groupVersion, resources };
}

const groupOf = (groupVersion: string) => {
  const version = { groupVersion, version: versionOf(groupVersion) };
  return { name: nameOf(groupVersion), versions: [version], preferredVersion: version };
};

/** The document at a discovery path; undefined when there is none. `wantsAggregated` as kubectl's Accept says. */
export function discoveryAt(path: string, wantsAggregated: boolean, serverAddress: string): object | undefined {
  if (path === "/api") {
    if (wantsAggregated) return aggregated(["v1"]);
    const serverAddressByClientCIDRs = [{ clientCIDR: "0.0.0.0/0", serverAddress }];
    return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs };
  }
  if (path === "/apis") {
    if (wantsAggregated) return aggregated(GROUPS);
    return { kind: "APIGroupList", apiVersion: "v1", groups: GROUPS.map(groupOf) };
  }
  if (path === "/") return { paths: ["/api", "/api/v1", "/apis", ...GROUPS.map((key) => `/apis/${key}`), "/version"] };
  const key = path === "/api/v1" ? "v1" : path.replace(/^\/apis\//, "");
  if (GROUP_VERSIONS.has(key)) return resourceList(key);
  const group = GROUPS.find((entry) => nameOf(entry) === key);
  return group === undefined ? undefined : { kind: "APIGroup", apiVersion: "v1", ...groupOf(group) };
}

export const AGGREGATED_TYPE = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

export const VERSION = {
  major: "1",
  minor: "36",
  gitVersion: "v1.36.0-slipway-local",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "2026-01-01T00:00:00Z",
  goVersion: "none",
  compiler: "none",
  platform: "linux/amd64",
};
