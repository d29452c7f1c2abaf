import type { Cause } from "./errors.ts";
import type { Resource } from "./resources.ts";
import type { KubeObject } from "./types.ts";

/** Fills what a client may leave out. Changes `object`, which is the store's own copy. */
export function applyDefaults(_resource: Resource, _object: KubeObject, _before: KubeObject | undefined): void {}

/** Every bad field of an object about to be stored; `before` on updates. */
export function validate(_resource: Resource, _object: KubeObject, _before: KubeObject | undefined): Cause[] {
  return [];
}
