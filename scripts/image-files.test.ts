import { join } from "node:path";
import { expect, test } from "vitest";
import { packageFolders, packagesIn, packagesOf } from "./image-files.ts";

const ROOT = join(import.meta.dirname, "..");

test("a package is named by what is before its own paths; files of ours, Node's modules and text are none", () => {
  const source = `
    import { z } from "zod";
    import type { A } from "@scope/some/deep.ts";
    import "side-effect";
    const later = await import("lazy/part");
    import { b } from "#domain/b.ts";
    import { c } from "./c.ts";
    import { readFile } from "node:fs/promises";
    if (from "; plan from " === x) return;`;
  expect(packagesIn(source)).toEqual(["zod", "@scope/some", "side-effect", "lazy"]);
});

test("a pod's image holds what its program imports and nothing of the others", () => {
  expect(packagesOf(ROOT, ["serving/artifacts", "domain"])).toEqual(["zod"]);
  expect(packagesOf(ROOT, ["serving/fetch", "domain"])).toEqual(["tar", "zod"]);
  const server = packageFolders(ROOT, packagesOf(ROOT, ["serving/model-server", "domain"]));
  expect(server).toEqual(expect.arrayContaining(["node_modules/onnxruntime-node", "node_modules/onnxruntime-common"]));
  const router = packageFolders(ROOT, packagesOf(ROOT, ["serving/router", "domain", "k8s/client"]));
  for (const foreign of ["onnxruntime-node", "next", "vitest", "pg"])
    expect(router).not.toContain(`node_modules/${foreign}`);
});

test("a package that is not installed ends the build of an image, instead of its first start", () => {
  expect(() => packageFolders(ROOT, ["no-such-package"])).toThrow("no-such-package is not installed");
});
