import type { KubeObject } from "../store/types.ts";

export type Column = {
  name: string;
  type?: "string" | "integer";
  format?: "" | "name";
  /** Only with `-o wide`. */
  wide?: boolean;
  cell(object: KubeObject, now: Date): string | number;
};

export const NAME: Column = { name: "Name", format: "name", cell: ({ metadata }) => metadata.name };
