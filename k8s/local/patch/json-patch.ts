import { ApiError, badRequest } from "../store/errors.ts";
import { copyJson, equalJson, isObject } from "../store/json.ts";

type Operation = { op: string; path: string; from?: string; value?: unknown };

const rejected = () =>
  new ApiError(422, "Invalid", "the server rejected our request due to an error in our request", {});

const segmentsOf = (pointer: string): string[] => {
  if (pointer === "") return [];
  if (!pointer.startsWith("/")) throw rejected();
  return pointer
    .slice(1)
    .split("/")
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
};

/** Where a pointer ends: its container and the key in it. */
function parentOf(root: unknown, pointer: string): { parent: unknown; key: string } {
  const segments = segmentsOf(pointer);
  const key = segments.pop();
  if (key === undefined || key === "__proto__") throw rejected();
  let parent = root;
  for (const segment of segments) {
    if (Array.isArray(parent)) parent = parent[Number(segment)];
    else if (isObject(parent) && Object.hasOwn(parent, segment)) parent = parent[segment];
    else throw rejected();
  }
  return { parent, key };
}

function read(root: unknown, pointer: string): unknown {
  const { parent, key } = parentOf(root, pointer);
  if (Array.isArray(parent)) {
    if (!/^\d+$/.test(key) || Number(key) >= parent.length) throw rejected();
    return parent[Number(key)];
  }
  if (!isObject(parent) || !Object.hasOwn(parent, key)) throw rejected();
  return parent[key];
}

function insert(root: unknown, pointer: string, value: unknown): void {
  const { parent, key } = parentOf(root, pointer);
  if (Array.isArray(parent)) {
    const at = key === "-" ? parent.length : Number(key);
    if (!Number.isInteger(at) || at < 0 || at > parent.length) throw rejected();
    parent.splice(at, 0, value);
  } else if (isObject(parent)) parent[key] = value;
  else throw rejected();
}

function remove(root: unknown, pointer: string): unknown {
  const value = read(root, pointer);
  const { parent, key } = parentOf(root, pointer);
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (isObject(parent)) delete parent[key];
  return value;
}

function replace(root: unknown, pointer: string, value: unknown): void {
  read(root, pointer);
  const { parent, key } = parentOf(root, pointer);
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else if (isObject(parent)) parent[key] = value;
}

const OPERATIONS: Readonly<Record<string, (root: unknown, step: Operation) => void>> = {
  test(root, { path, value }) {
    if (!equalJson(read(root, path), value)) throw rejected();
  },
  add: (root, { path, value }) => insert(root, path, copyJson(value)),
  replace: (root, { path, value }) => replace(root, path, copyJson(value)),
  remove: (root, { path }) => void remove(root, path),
  move: (root, { path, from = "" }) => insert(root, path, remove(root, from)),
  copy: (root, { path, from = "" }) => insert(root, path, copyJson(read(root, from))),
};

/** A few copies of what holds the copies before it fill any memory: a genuine server has the same two limits. */
const COPIED_MAX_CHARACTERS = 3 << 20;
const STEPS_MAX = 10_000;

function perform(root: unknown, step: Operation): void {
  const operation = OPERATIONS[step.op];
  if (!operation) throw rejected();
  operation(root, step);
}

/** RFC 6902. 400 when the patch is no list, 422 when a step cannot be done. Answers a new value. */
export function jsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    throw badRequest(
      "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
    );
  }
  if (patch.length > STEPS_MAX)
    throw new ApiError(413, "RequestEntityTooLarge", `The allowed maximum operations in a JSON patch is ${STEPS_MAX}`);
  const root = copyJson(target);
  let copied = 0;
  for (const step of patch as Operation[]) {
    if (step.op === "copy") copied += JSON.stringify(read(root, step.from ?? "")).length;
    if (copied > COPIED_MAX_CHARACTERS) throw rejected();
    perform(root, step);
  }
  return root;
}
