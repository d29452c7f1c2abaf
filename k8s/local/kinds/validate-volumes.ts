import type { Cause } from "../store/errors.ts";
import { isObject, type JsonObject } from "../store/json.ts";
import { bad, duplicate, LABEL_RULE, required } from "./validate-rules.ts";

/** What a source must name, where it must name something. */
const NAMED_BY: Readonly<Record<string, string>> = { secret: "secretName", configMap: "name" };

/** `at` is where the list lies, such as `spec.volumes`. */
export function volumeFaults(volumes: readonly JsonObject[], at: string): Cause[] {
  const seen = new Set<unknown>();
  return volumes.flatMap((volume, index) => {
    const field = `${at}[${index}]`;
    const { name, ...sources } = volume;
    return [...sourceFaults(sources, field), ...nameFaults(name, `${field}.name`, seen)];
  });
}

function nameFaults(name: unknown, field: string, seen: Set<unknown>): Cause[] {
  if (typeof name !== "string" || name === "") return [required(field)];
  if (!LABEL_RULE.test(name)) return [bad(field, name, LABEL_RULE.message)];
  if (seen.has(name)) return [duplicate(field, name)];
  seen.add(name);
  return [];
}

function sourceFaults(sources: JsonObject, field: string): Cause[] {
  const [first, ...more] = Object.keys(sources);
  if (first === undefined) return [];
  const source = sources[first];
  const member = NAMED_BY[first];
  const lacksName = member !== undefined && (!isObject(source) || !source[member]);
  return [
    ...(lacksName ? [required(`${field}.${first}.${member}`)] : []),
    ...more.map((type) => ({
      reason: "FieldValueForbidden",
      message: "Forbidden: may not specify more than 1 volume type",
      field: `${field}.${type}`,
    })),
  ];
}

/** `at` is a container's list, such as `spec.containers[0].volumeMounts`. */
export function mountFaults(mounts: readonly JsonObject[], at: string, volumes: ReadonlySet<unknown>): Cause[] {
  const paths = new Set<unknown>();
  return mounts.flatMap(({ name, mountPath }, index) => {
    const field = `${at}[${index}]`;
    const causes: Cause[] = [];
    if (!name) causes.push(required(`${field}.name`));
    else if (!volumes.has(name)) {
      const message = `Not found: ${JSON.stringify(name)}`;
      causes.push({ reason: "FieldValueNotFound", message, field: `${field}.name` });
    }
    if (!mountPath) causes.push(required(`${field}.mountPath`));
    else if (paths.has(mountPath)) causes.push(bad(`${field}.mountPath`, mountPath, "must be unique"));
    paths.add(mountPath);
    return causes;
  });
}
