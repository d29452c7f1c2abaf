import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { release } from "#server/config/release.ts";
import { chartFile, chartYaml, TEMPLATES } from "./make-chart.ts";

const ROOT = join(import.meta.dirname, "..");
const CHART = join(ROOT, "k8s/install/chart");
const values = parse(readFileSync(join(CHART, "values.yaml"), "utf8"));

type Json = { [key: string]: Json } | string | number | null | undefined;
const at = (from: Json, path: readonly (string | number)[]): Json =>
  path.reduce<Json>((value, key) => (value as { [key: string]: Json } | undefined)?.[key], from);
const objectsOf = (source: string) =>
  parseAllDocuments(readFileSync(join(ROOT, "k8s/install", source), "utf8")).map(
    (document) => document.toJS() as { kind: string; metadata: { name: string } } & Json,
  );

test("the chart is what the kustomize files say: make-chart.ts was run after their last change", () => {
  const files = TEMPLATES.map((template) => chartFile(ROOT, template));
  expect(readdirSync(join(CHART, "templates")).sort()).toEqual(files.map(({ name }) => name).sort());
  for (const { name, text } of files) expect(readFileSync(join(CHART, "templates", name), "utf8")).toBe(text);
  expect(readFileSync(join(CHART, "Chart.yaml"), "utf8")).toBe(chartYaml(ROOT));
});

/** What an expression of ours gives with the chart's own values; undefined: nothing that the source has. */
function byDefault(expression: string): Json {
  const simple = /^\{\{ \.Values\.([\w.]+)(?: \| (?:quote|toJson))? \}\}$/.exec(expression)?.[1];
  if (simple !== undefined) return at(values, simple.split("."));
  const program = /printf "%s%s:%s" \.Values\.imagePrefix "([\w-]+)"/.exec(expression)?.[1];
  if (program !== undefined) return `${values.imagePrefix}${program}:${release}`;
  const asText = /^\{\{ \.Values\.([\w.]+) \| toString \| quote \}\}$/.exec(expression)?.[1];
  if (asText !== undefined) return String(at(values, asText.split(".")));
  // What kustomize cannot compute, it calls after its release.
  if (expression.includes("sha256sum")) return `slipway-migrate-${release.replaceAll(".", "-")}`;
  if (expression.includes("$.Release.Namespace") || expression.includes(".Release.Namespace")) return "slipway";
  if (expression === "{{ .namespace }}") return values.environments[0].namespace;
  if (expression.includes("first .Values.environments")) return values.environments[0];
  if (expression === '{"helm.sh/resource-policy": "keep"}') return undefined;
  throw new Error(`not known here: ${expression}`);
}

test("with its own values the chart installs what kustomize installs", () => {
  let compared = 0;
  for (const { source, substitutions } of TEMPLATES)
    for (const object of objectsOf(source))
      for (const [wanted, place, expression] of substitutions) {
        if (wanted !== "*" && wanted !== `${object.kind}/${object.metadata.name}`) continue;
        const written = at(object, place);
        const asObject = typeof written === "string" && written.startsWith("{") ? JSON.parse(written) : written;
        const given = byDefault(expression);
        const isNothing = given === null || (Array.isArray(given) && given.length === 0);
        expect([source, place, isNothing ? undefined : given]).toEqual([source, place, asObject]);
        compared += 1;
      }
  expect(compared).toBeGreaterThan(50);
});

test("the chart asks for no value that values.yaml does not name, and values.yaml names none that it does not ask for", () => {
  const templates = TEMPLATES.map((template) => chartFile(ROOT, template).text).join("");
  const asked = new Set([...templates.matchAll(/\.Values((?:\.\w+)+)/g)].map(([, path = ""]) => path.slice(1)));
  for (const path of asked) expect([path, at(values, path.split("."))]).not.toEqual([path, undefined]);
  // What is asked for whole, such as an affinity, is whatever its user gives.
  const isAsked = (path: string, value: Json): boolean =>
    asked.has(path) ||
    (typeof value === "object" &&
      value !== null &&
      Object.entries(value).every(([key, inner]) => isAsked(`${path}.${key}`, inner)));
  const spare = Object.entries(values as { [key: string]: Json }).filter(([key, value]) => !isAsked(key, value));
  expect(spare.map(([key]) => key)).toEqual([]);
});

test("every object of the chart's sources is in the kustomize files, and the other way round", () => {
  const listed = ["control-plane", "environment", "ingress", "several-nodes"].flatMap((folder) =>
    (parse(readFileSync(join(ROOT, "k8s/install", folder, "kustomization.yaml"), "utf8")).resources as string[]).map(
      (file) => `${folder}/${file}`,
    ),
  );
  // The release's own namespace is Helm's to make.
  const sources = [...TEMPLATES.map(({ source }) => source), "control-plane/namespace.yaml"];
  expect(sources.sort()).toEqual(listed.sort());
});
