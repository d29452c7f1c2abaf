import type { Signature } from "#domain/shared/signature.ts";
import { defaultImage } from "./image-settings.ts";
import { oneOf, sizeOf } from "./tensors.ts";

export type Mode = "fields" | "table" | "image" | "json";
export const MODE_WORDS: Readonly<Record<Mode, string>> = {
  fields: "Fields",
  table: "Table",
  image: "Image",
  json: "JSON",
};

const FIELDS_MAX = 32;

/** What can ask this signature, the handiest first; JSON can always. */
export function modesOf(signature: Signature | null): Mode[] {
  if (signature === null) return ["json"];
  const [only, ...others] = signature.inputs;
  const values = signature.inputs.reduce((sum, { shape }) => sum + sizeOf(oneOf(shape)), 0);
  const single = others.length === 0 ? only : undefined;
  const modes: Mode[] = [];
  if (single && defaultImage(single) !== null) modes.push("image");
  if (values > 0 && values <= FIELDS_MAX) modes.push("fields");
  if (single?.shape.length === 2 && (single.shape[1] ?? 0) > 0) modes.push("table");
  return [...modes, "json"];
}
