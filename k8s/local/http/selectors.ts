import { badRequest } from "../store/errors.ts";
import type { Resource } from "../store/resources.ts";
import type { KubeObject } from "../store/types.ts";

export type Selector = (object: KubeObject) => boolean;
type Labels = Readonly<Record<string, string>>;
type Requirement = (labels: Labels) => boolean;

const TOKEN = /\s*(==|!=|=|!|\(|\)|,|<|>|[^\s=!(),<>]+)\s*/gy;

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (!match?.[1]) throw badRequest(`unable to parse requirement: found '${text}'`);
    tokens.push(match[1]);
  }
  return tokens;
}

/** One requirement off the front of `tokens`. */
function requirement(tokens: string[]): Requirement {
  const negated = tokens[0] === "!";
  if (negated) tokens.shift();
  const key = tokens.shift() ?? "";
  // Read as a label that nobody has, half a selector would select everything, and a deletion takes what is selected.
  if (!isWord(key)) throw badRequest(`unable to parse requirement: found '${key}', expected: identifier`);
  const operator = tokens[0] === "," ? undefined : tokens.shift();
  if (operator === undefined) return (labels) => Object.hasOwn(labels, key) !== negated;
  if (negated) throw badRequest(`unable to parse requirement: found '${operator}', expected: ',' or 'end of string'`);
  if (operator === "in" || operator === "notin") {
    const values = valueSet(tokens);
    return operator === "in"
      ? (labels) => values.has(labels[key] ?? "\n")
      : (labels) => !values.has(labels[key] ?? "\n");
  }
  if (operator === "=" || operator === "==" || operator === "!=") {
    const value = tokens[0] === undefined || tokens[0] === "," ? "" : (tokens.shift() ?? "");
    return operator === "!=" ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  if (operator === ">" || operator === "<") {
    const text = tokens.shift() ?? "";
    if (!/^-?\d+$/.test(text))
      throw badRequest(`unable to parse requirement: values[0][${key}]: Invalid value: "${text}": must be an integer`);
    const bound = Number(text);
    return (labels) => (operator === ">" ? Number(labels[key]) > bound : Number(labels[key]) < bound);
  }
  throw badRequest(`unable to parse requirement: found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
}

const isWord = (token: string) => /^[^\s=!(),<>]+$/.test(token);

/** Nothing before a comma or between two is the empty value. */
function valueSet(tokens: string[]): Set<string> {
  const open = tokens.shift();
  if (open !== "(") throw badRequest(`unable to parse requirement: found '${open ?? ""}' expected: '('`);
  const values = new Set<string>();
  if (tokens[0] === ")")
    throw badRequest("unable to parse requirement: for 'in', 'notin' operators, values set can't be empty");
  for (let end: string | undefined = ","; end !== ")"; end = tokens.shift()) {
    if (end !== ",") throw badRequest(`unable to parse requirement: found '${end ?? ""}' expected: ',' or ')'`);
    values.add(tokens[0] !== undefined && isWord(tokens[0]) ? (tokens.shift() ?? "") : "");
  }
  return values;
}

/** `labelSelector`, in all its forms. Empty selects everything. */
export function parseLabelSelector(text: string): Selector {
  const tokens = tokensOf(text);
  const requirements: Requirement[] = [];
  while (tokens.length > 0) {
    requirements.push(requirement(tokens));
    const separator = tokens.shift();
    if (separator !== undefined && separator !== ",") {
      throw badRequest(`unable to parse requirement: found '${separator}', expected: ',' or 'end of string'`);
    }
    if (separator === "," && tokens.length === 0)
      throw badRequest("unable to parse requirement: found '', expected: identifier after ','");
  }
  const none: Labels = {};
  return ({ metadata }) => requirements.every((matches) => matches(metadata.labels ?? none));
}

type Field = (object: KubeObject) => unknown;
const META_FIELDS: Readonly<Record<string, Field>> = {
  "metadata.name": ({ metadata }) => metadata.name,
  "metadata.namespace": ({ metadata }) => metadata.namespace,
};
const involved =
  (name: string): Field =>
  (object) =>
    object.involvedObject?.[name];
const MORE_FIELDS: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
  pods: {
    "status.phase": ({ status }) => status?.phase,
    "spec.nodeName": ({ spec }) => spec?.nodeName,
    "spec.restartPolicy": ({ spec }) => spec?.restartPolicy,
    "spec.schedulerName": ({ spec }) => spec?.schedulerName,
    "spec.serviceAccountName": ({ spec }) => spec?.serviceAccountName,
    "spec.hostNetwork": ({ spec }) => String(spec?.hostNetwork ?? false),
    "status.podIP": ({ status }) => status?.podIP,
    "status.nominatedNodeName": ({ status }) => status?.nominatedNodeName,
  },
  events: {
    ...Object.fromEntries(
      ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"].map((name) => [
        `involvedObject.${name}`,
        involved(name),
      ]),
    ),
    reason: ({ reason }) => reason,
    type: ({ type }) => type,
    reportingComponent: ({ reportingComponent }) => reportingComponent,
    source: ({ source }) => source?.component,
  },
  services: { "spec.clusterIP": ({ spec }) => spec?.clusterIP, "spec.type": ({ spec }) => spec?.type },
  secrets: { type: ({ type }) => type },
  namespaces: { "status.phase": ({ status }) => status?.phase },
  "replicasets.apps": { "status.replicas": ({ status }) => String(status?.replicas ?? 0) },
};

function fieldOf(resource: Resource, name: string): Field {
  const more = MORE_FIELDS[resource.name];
  const field = META_FIELDS[name] ?? more?.[name];
  if (field) return field;
  throw badRequest(
    more
      ? `field label not supported: ${name}`
      : `"${name}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}

/** `fieldSelector`: only the fields each kind knows. */
export function parseFieldSelector(resource: Resource, text: string): Selector {
  const terms = text
    .split(",")
    .filter(Boolean)
    .map((term) => {
      const match = /^(.*?)(!=|==|=)(.*)$/.exec(term);
      if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
      const [, name = "", operator, value = ""] = match;
      const field = fieldOf(resource, name);
      const wanted = operator !== "!=";
      return (object: KubeObject) => ((field(object) ?? "") === value) === wanted;
    });
  return (object) => terms.every((matches) => matches(object));
}
