import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { missingFiles, packageFolders, packagesIn, packagesOf } from "./image-files.ts";
import { WEB_SOURCES } from "./stack/build.ts";

const ROOT = join(import.meta.dirname, "..");
const DOCKERFILE = readFileSync(join(ROOT, "Dockerfile"), "utf8");

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
  expect(packagesOf(ROOT, ["serving/fetch", "domain"])).not.toContain("onnxruntime-node");
  const server = packageFolders(ROOT, packagesOf(ROOT, ["serving/model-server", "domain"]));
  expect(server).toEqual(expect.arrayContaining(["node_modules/onnxruntime-node", "node_modules/onnxruntime-common"]));
  const router = packageFolders(ROOT, packagesOf(ROOT, ["serving/router", "domain", "k8s/client"]));
  for (const foreign of ["onnxruntime-node", "next", "vitest", "pg"])
    expect(router).not.toContain(`node_modules/${foreign}`);
});

test("each image of the Dockerfile holds every file of ours that its programs import", () => {
  const images = [...DOCKERFILE.matchAll(/^ +copy ([\w-]+) ((?:[^;]|\n)*?)(?: -- [^;]*)?;/gm)].map(
    ([, name = "", folders = ""]) => ({ name, folders: folders.split(/[\s\\]+/).filter((folder) => folder !== "") }),
  );
  expect(images.map(({ name }) => name)).toEqual(["router", "model-server", "fetch", "artifacts", "control-plane"]);
  for (const { name, folders } of images) {
    const ours = folders.filter((folder) => folder !== ".next");
    expect([name, missingFiles(ROOT, ours)]).toEqual([name, []]);
  }
  expect(missingFiles(ROOT, ["serving/router"])).toContain("k8s/client/kube.ts");
});

test("whatever the pages are built from is let into the images", () => {
  const letIn = readFileSync(join(ROOT, ".dockerignore"), "utf8").split("\n");
  expect(WEB_SOURCES.filter((path) => !letIn.includes(`!${path.split("/")[0]}`))).toEqual([]);
});

test("a package that is not installed ends the build of an image, instead of its first start", () => {
  expect(() => packageFolders(ROOT, ["no-such-package"])).toThrow("no-such-package is not installed");
});
