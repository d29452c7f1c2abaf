import type { Resource } from "../store/resources.ts";
import type { KubeObject } from "../store/types.ts";
import { type Column, columnsOf } from "./columns.ts";

/** An object's metadata alone. */
export const partialObject = ({ metadata }: KubeObject) => ({
  kind: "PartialObjectMetadata",
  apiVersion: "meta.k8s.io/v1",
  metadata,
});

type TableOptions = {
  /** `includeObject`: Metadata, Object or None. */
  include: string;
  now: Date;
  /** Watches send the columns once. */
  columns: boolean;
};

const definition = ({ name, type = "string", format = "", wide = false }: Column) => ({
  name,
  type,
  format,
  description: "",
  priority: wide ? 1 : 0,
});

/** What `kubectl get` prints: rows of cells, each with its object behind it. */
export function tableOf(
  resource: Resource,
  objects: readonly KubeObject[],
  metadata: object,
  { include, now, columns: withColumns }: TableOptions,
) {
  const columns = columnsOf(resource);
  const rows = objects.map((object) => ({
    cells: columns.map((column) => column.cell(object, now)),
    ...(include !== "None" && { object: include === "Object" ? object : partialObject(object) }),
  }));
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: withColumns ? columns.map(definition) : null,
    rows,
  };
}
