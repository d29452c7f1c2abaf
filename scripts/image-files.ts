// What an image holds beside Node: `image-files.ts OUT FOLDER... [-- PACKAGE...]` copies the folders without their tests
// into OUT, and the packages that their files, and the ones named, need at run time.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative } from "node:path";
import { z } from "zod";

/** Runs credential plug-ins of kubeconfigs; a pod has a token of its own. */
const NOT_IN_PODS = new Set(["@kubernetes/client-node"]);
const TESTS = /\.test\.tsx?$|(^|\/)__snapshots__(\/|$)/;

const manifestSchema = z.object({ dependencies: z.record(z.string(), z.string()).default({}) });

/** Every package that a source file names, by its own name: `next/server` is `next`. Files of ours begin with `.` or `#`. */
export function packagesIn(source: string): string[] {
  const named = source.matchAll(/\b(?:from|import)\s*\(?\s*"((?:@[\w.-]+\/)?\w[\w.-]*)(?:\/[^"\n]*)?"/g);
  return [...named].map(([, name = ""]) => name).filter((name) => !isBuiltin(name));
}

const filesBelow = (path: string): string[] =>
  statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => filesBelow(join(path, name))) : [path];

const TYPES_ALONE = /\b(?:import|export) type [^;]*;/g;

/** Files of ours that are imported from below these paths and lie elsewhere: an image would end at its first start. */
export function missingFiles(root: string, paths: readonly string[]): string[] {
  const isHeld = (file: string) => paths.some((path) => file === path || file.startsWith(`${path}/`));
  const imported = paths
    .flatMap((path) => filesBelow(join(root, path)))
    .filter((file) => /(?<!\.d)\.ts$/.test(file) && !TESTS.test(file))
    .flatMap((file) => {
      const source = readFileSync(file, "utf8").replace(TYPES_ALONE, "");
      const named = source.matchAll(/\b(?:from|import|new URL)\s*\(?\s*"([.#][^"\n]*\.ts)"/g);
      return [...named].map(([, to = ""]) =>
        to.startsWith("#") ? to.slice(1) : relative(root, join(dirname(file), to)),
      );
    });
  return [...new Set(imported.filter((file) => !isHeld(file)))].sort();
}

/** Packages that the files below these paths import, those that only tests import left out. */
export function packagesOf(root: string, paths: readonly string[]): string[] {
  const sources = paths.flatMap((path) => filesBelow(join(root, path)));
  const named = sources
    .filter((file) => /\.tsx?$/.test(file) && !TESTS.test(file))
    .flatMap((file) => packagesIn(readFileSync(file, "utf8")));
  return [...new Set(named)].sort();
}

/** Folders in node_modules of these packages and of all that they depend on, found as Node finds them. */
export function packageFolders(root: string, names: readonly string[]): string[] {
  const folders = new Set<string>();
  const add = (name: string, from: string) => {
    const folder = folderOf(root, name, from);
    // A peer that is optional, or types alone, may be absent.
    if (folder === undefined || folders.has(folder)) return;
    folders.add(folder);
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")));
    for (const dependency of Object.keys(manifest.dependencies)) add(dependency, folder);
  };
  for (const name of names) {
    if (folderOf(root, name, "") === undefined) throw new Error(`package ${name} is not installed`);
    add(name, "");
  }
  // What lies in another folder of the list is copied with it.
  return [...folders].filter((folder) => ![...folders].some((other) => folder.startsWith(`${other}/`)));
}

function folderOf(root: string, name: string, from: string): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at === "." ? "" : at, "node_modules", name);
    if (existsSync(join(root, folder, "package.json"))) return folder;
    if (at === "" || at === ".") return undefined;
  }
}

function copyFiles(root: string, out: string, paths: readonly string[], extra: readonly string[]): void {
  const missing = missingFiles(root, paths);
  if (missing.length > 0) throw new Error(`imported and not in the image: ${missing.join(", ")}`);
  const packages = [...packagesOf(root, paths).filter((name) => !NOT_IN_PODS.has(name)), ...extra];
  const filter = (source: string) => !TESTS.test(source) && !source.endsWith(".map");
  for (const path of ["package.json", ...paths]) {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    // The build links its packages by relative paths, which hold in the image too.
    cpSync(join(root, path), join(out, path), { recursive: true, verbatimSymlinks: true, filter });
  }
  for (const folder of packageFolders(root, packages)) {
    cpSync(join(root, folder), join(out, folder), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith(".map") && isForThisMachine(source),
    });
  }
}

/** onnxruntime-node brings its library for every system in `bin/napi-v<n>/<system>/<processor>`. */
function isForThisMachine(path: string): boolean {
  const found = /onnxruntime-node\/bin\/[^/]+\/([^/]+)(?:\/([^/]+))?/.exec(path);
  if (found === null) return true;
  const [, system, processor] = found;
  return system === process.platform && (processor === undefined || processor === process.arch);
}

if (import.meta.main) {
  const [out, ...rest] = process.argv.slice(2);
  const cut = rest.includes("--") ? rest.indexOf("--") : rest.length;
  if (out === undefined || cut === 0) throw new Error("usage: image-files.ts OUT FOLDER... [-- PACKAGE...]");
  copyFiles(join(import.meta.dirname, ".."), out, rest.slice(0, cut), rest.slice(cut + 1));
}
