import { createHash } from "node:crypto";
import { schemasFor } from "../fields/openapi-schemas.ts";
import { apiVersionOf, RESOURCES, type Resource } from "../store/resources.ts";

// Enough OpenAPI for kubectl: which kind lies at which path, that PATCH takes `fieldValidation`, and the fields with
// their merge keys, which client-side `apply` computes its patches from.
const pathOf = (groupVersion: string) => (groupVersion.includes("/") ? `apis/${groupVersion}` : `api/${groupVersion}`);
const GROUP_VERSIONS = [...new Set(RESOURCES.map(apiVersionOf))];

const parameter = (name: string) => ({ name, in: "query", schema: { type: "string", uniqueItems: true } });
const PATCH_TYPES = [
  "application/apply-patch+yaml",
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
];

function pathItem({ group, version, kind }: Resource) {
  const operation = {
    parameters: ["dryRun", "fieldManager", "fieldValidation", "force"].map(parameter),
    responses: { 200: { description: "OK" } },
    "x-kubernetes-group-version-kind": { group, version, kind },
  };
  const content = Object.fromEntries(PATCH_TYPES.map((type) => [type, { schema: { type: "object" } }]));
  return {
    get: { ...operation, "x-kubernetes-action": "get" },
    patch: { ...operation, requestBody: { content }, "x-kubernetes-action": "patch" },
    post: { ...operation, "x-kubernetes-action": "post" },
    put: { ...operation, "x-kubernetes-action": "put" },
  };
}

function document(groupVersion: string) {
  const resources = RESOURCES.filter((entry) => apiVersionOf(entry) === groupVersion);
  const paths = resources.map((entry) => {
    const scope = entry.namespaced ? "namespaces/{namespace}/" : "";
    return [`/${pathOf(groupVersion)}/${scope}${entry.plural}/{name}`, pathItem(entry)];
  });
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: "1.36" },
    paths: Object.fromEntries(paths),
    components: { schemas: schemasFor(resources) },
  };
}

const DOCUMENTS = new Map(GROUP_VERSIONS.map((key) => [`/openapi/v3/${pathOf(key)}`, JSON.stringify(document(key))]));
const INDEX = JSON.stringify({
  paths: Object.fromEntries(
    GROUP_VERSIONS.map((key) => {
      const path = `/openapi/v3/${pathOf(key)}`;
      const hash = createHash("sha256")
        .update(DOCUMENTS.get(path) ?? "")
        .digest("hex")
        .toUpperCase();
      return [pathOf(key), { serverRelativeURL: `${path}?hash=${hash}` }];
    }),
  ),
});

/** JSON of the index or of a group version's document. */
export const openapiV3At = (path: string): string | undefined => (path === "/openapi/v3" ? INDEX : DOCUMENTS.get(path));

export const OPENAPI_V2 = JSON.stringify({
  swagger: "2.0",
  info: { title: "Kubernetes", version: "1.36" },
  paths: {},
  definitions: {},
});

/** The same empty document as gnostic protobuf, which is all that kubectl before 1.27 reads. */
export const OPENAPI_V2_PROTOBUF = Buffer.concat([
  field(1, Buffer.from("2.0")),
  field(2, Buffer.concat([field(1, Buffer.from("Kubernetes")), field(2, Buffer.from("1.36"))])),
]);

/** A length-delimited protobuf field of fewer than 128 bytes. */
function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), content]);
}
