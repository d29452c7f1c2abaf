import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { type AccessRule, isGranted, neededRights, rightWords } from "./rights.ts";

const role = (file: string, name: string): AccessRule[] =>
  parseAllDocuments(readFileSync(join(import.meta.dirname, "../../k8s/install/environment", file), "utf8"))
    .map((document) => document.toJS() as { kind: string; metadata: { name: string }; rules: AccessRule[] })
    .filter(({ kind, metadata }) => kind === "Role" && metadata.name === name)
    .flatMap(({ rules }) => rules);

const all = neededRights({ podMonitors: true, logs: true });

test("what is asked for is what an administrator is given to apply, no more and no less", () => {
  const granted = [...role("worker-rights.yaml", "slipway-worker"), ...role("web-rights.yaml", "slipway-web")];
  expect(granted.length).toBeGreaterThan(5);
  expect(all.filter((right) => !isGranted(granted, right)).map(rightWords)).toEqual([]);
  const unused = granted.flatMap(({ apiGroups, resources, verbs, resourceNames }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs
          .map((verb) => ({
            verb,
            group,
            resource,
            ...(resourceNames?.[0] === undefined ? {} : { name: resourceNames[0] }),
          }))
          .filter((right) => !all.some((needed) => rightWords(needed) === rightWords(right))),
      ),
    ),
  );
  expect(unused.map(rightWords)).toEqual([]);
});

test("each right hangs on exactly its verb, group, resource and name", () => {
  const rule = { verbs: ["get"], apiGroups: ["apps"], resources: ["deployments"] };
  const right = { verb: "get", group: "apps", resource: "deployments" };
  expect(isGranted([rule], right)).toBe(true);
  for (const other of [{ verb: "list" }, { group: "" }, { resource: "replicasets" }, { resource: "deployments/scale" }])
    expect(isGranted([rule], { ...right, ...other })).toBe(false);
  expect(isGranted([{ ...rule, resourceNames: ["one"] }], right)).toBe(false);
  expect(isGranted([{ ...rule, resourceNames: ["one"] }], { ...right, name: "one" })).toBe(true);
  expect(isGranted([{ ...rule, resourceNames: ["one"] }], { ...right, name: "two" })).toBe(false);
  expect(isGranted([{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }], { ...right, resource: "pods/log" })).toBe(
    true,
  );
  expect(isGranted([{ ...rule, resources: ["*/scale"] }], { ...right, resource: "deployments/scale" })).toBe(true);
  expect(isGranted([{ ...rule, resources: ["*/scale"] }], right)).toBe(false);
});

test("a right reads as kubectl auth can-i takes it", () => {
  expect(rightWords({ verb: "create", group: "apps", resource: "deployments" })).toBe("create deployments.apps");
  expect(rightWords({ verb: "get", group: "", resource: "secrets", name: "x" })).toBe("get secrets/x");
  expect(rightWords({ verb: "get", group: "", resource: "pods/log" })).toBe("get pods --subresource=log");
});
