import { parseQuantity } from "#domain/shared/quantity.ts";
import type { Cause } from "../store/errors.ts";
import { equalJson, isObject, type JsonObject } from "../store/json.ts";
import {
  bad,
  duplicate,
  LABEL_RULE,
  outOfRange,
  portNameFaults,
  required,
  SUBDOMAIN_RULE,
  unsupported,
} from "./validate-rules.ts";
import { mountFaults, volumeFaults } from "./validate-volumes.ts";

const ENV_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;
const ENV_MESSAGE = "a valid environment variable name must consist only of printable ASCII characters other than '='";

const objects = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

function resourcesOf(container: JsonObject, at: string): Cause[] {
  const given = isObject(container.resources) ? container.resources : {};
  const limits = isObject(given.limits) ? given.limits : {};
  const requests = isObject(given.requests) ? given.requests : {};
  const causes: Cause[] = [];
  for (const [kind, values] of Object.entries({ limits, requests })) {
    for (const [name, value] of Object.entries(values)) {
      if (parseQuantity(value) === null) {
        causes.push(
          bad(
            `${at}.resources.${kind}[${name}]`,
            value,
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
          ),
        );
      }
    }
  }
  for (const [name, request] of Object.entries(requests)) {
    const limit = limits[name];
    const [asked, allowed] = [parseQuantity(request), parseQuantity(limit)];
    if (asked !== null && allowed !== null && asked > allowed) {
      causes.push(bad(`${at}.resources.requests`, request, `must be less than or equal to ${name} limit of ${limit}`));
    }
  }
  return causes;
}

function containerFaults(container: JsonObject, at: string): Cause[] {
  const { name, image } = container;
  const named = typeof name === "string" && name !== "";
  return [
    ...(named ? [] : [required(`${at}.name`)]),
    ...(named && !LABEL_RULE.test(name) ? [bad(`${at}.name`, name, LABEL_RULE.message)] : []),
    ...(typeof image === "string" && image !== "" ? [] : [required(`${at}.image`)]),
    ...portFaults(objects(container.ports), `${at}.ports`),
    ...objects(container.env).flatMap((env, index) =>
      typeof env.name === "string" && ENV_NAME.test(env.name)
        ? []
        : [bad(`${at}.env[${index}].name`, env.name, ENV_MESSAGE)],
    ),
    ...resourcesOf(container, at),
  ];
}

const PROTOCOLS = ["SCTP", "TCP", "UDP"];

function portFaults(ports: readonly JsonObject[], at: string): Cause[] {
  const names = new Set<unknown>();
  return ports.flatMap(({ name, containerPort, protocol }, index) => {
    const field = `${at}[${index}]`;
    const causes: Cause[] = [];
    if (typeof name === "string" && name !== "") {
      const faults = portNameFaults(name);
      causes.push(...faults.map((message) => bad(`${field}.name`, name, message)));
      if (faults.length === 0 && names.has(name)) causes.push(duplicate(`${field}.name`, name));
      names.add(name);
    }
    causes.push(...outOfRange(`${field}.containerPort`, containerPort));
    if (protocol !== undefined && !PROTOCOLS.includes(String(protocol)))
      causes.push(unsupported(`${field}.protocol`, protocol, PROTOCOLS));
    return causes;
  });
}

/** `at` is where the spec lies: `spec` or `spec.template.spec`. */
export function validatePodSpec(spec: JsonObject, at: string): Cause[] {
  const containers = objects(spec.containers);
  const initContainers = objects(spec.initContainers);
  if (containers.length === 0) return [required(`${at}.containers`)];
  const causes = volumeFaults(objects(spec.volumes), `${at}.volumes`);
  const seen = new Set<unknown>();
  const volumes = new Set(objects(spec.volumes).map((volume) => volume.name));
  for (const [list, items] of [
    ["initContainers", initContainers],
    ["containers", containers],
  ] as const) {
    for (const [index, container] of items.entries()) {
      const field = `${at}.${list}[${index}]`;
      causes.push(...containerFaults(container, field));
      causes.push(...mountFaults(objects(container.volumeMounts), `${field}.volumeMounts`, volumes));
      if (seen.has(container.name)) causes.push(duplicate(`${field}.name`, container.name));
      seen.add(container.name);
    }
  }
  const { serviceAccountName: account } = spec;
  if (typeof account === "string" && account !== "" && !SUBDOMAIN_RULE.test(account))
    causes.push(bad(`${at}.serviceAccountName`, account, SUBDOMAIN_RULE.message));
  return causes;
}

/** Selector, template labels and template spec of a Deployment or ReplicaSet. */
export function validateTemplate(spec: JsonObject): Cause[] {
  const selector = isObject(spec.selector) ? spec.selector : undefined;
  const template = isObject(spec.template) ? spec.template : {};
  const metadata = isObject(template.metadata) ? template.metadata : {};
  const labels = isObject(metadata.labels) ? metadata.labels : undefined;
  const wanted = isObject(selector?.matchLabels) ? selector.matchLabels : {};
  const matches = Object.entries(wanted).every(([key, value]) => equalJson(labels?.[key], value));
  const causes: Cause[] =
    selector === undefined || Object.keys(selector).length === 0 ? [required("spec.selector")] : [];
  if (!matches || causes.length > 0) {
    causes.push(bad("spec.template.metadata.labels", labels ?? null, "`selector` does not match template `labels`"));
  }
  const podSpec = isObject(template.spec) ? template.spec : {};
  causes.push(...validatePodSpec(podSpec, "spec.template.spec"));
  if (podSpec.restartPolicy !== undefined && podSpec.restartPolicy !== "Always") {
    causes.push(unsupported("spec.template.spec.restartPolicy", podSpec.restartPolicy, ["Always"]));
  }
  return causes;
}
