import type { JsonObject } from "../store/json.ts";

/** Sets what is absent, in the order of `values`. */
export function fill(target: JsonObject, values: JsonObject): void {
  for (const [key, value] of Object.entries(values)) {
    if (target[key] === undefined && value !== undefined) target[key] = value;
  }
}
