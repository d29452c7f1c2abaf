import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, test } from "vitest";
import * as cluster from "#k8s/local/tls.ts";
import { keptSecret } from "./secrets.ts";

const newHome = () => {
  const home = mkdtempSync(join(tmpdir(), "slipway-secrets-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  return home;
};

/** Runs `call`, given the module's exports as `m`, where no file may grow: the shell's limit stands for a full disk. */
const onFullDisk = (module: string, call: string) => {
  const program = `import(${JSON.stringify(join(import.meta.dirname, module))}).then((m) => ${call}).then(() => console.info("made"), (error) => console.info(error.code))`;
  const script = 'trap "" XFSZ; ulimit -f 0; exec "$0" -e "$1"';
  return execFileSync("sh", ["-c", script, process.execPath, program], { encoding: "utf8" }).trim();
};

test("a secret that a full disk refused is made anew, and is never empty", ({ expect }) => {
  const home = newHome();
  expect(onFullDisk("secrets.ts", `m.keptSecret(${JSON.stringify(home)}, "secret-key", 32)`)).toBe("EFBIG");
  const made = keptSecret(home, "secret-key", 32);
  expect(made.isNew).toBe(true);
  expect(Buffer.from(made.value, "base64url")).toHaveLength(32);
  expect(keptSecret(home, "secret-key", 32)).toEqual({ ...made, isNew: false });
  expect(readdirSync(home)).toEqual(["secret-key"]);
  expect(statSync(made.file).mode & 0o777).toBe(0o600);
});

test("the local cluster signs with no empty key after its disk was full", ({ expect }) => {
  const home = newHome();
  const call = `m.keptSecret(${JSON.stringify(home)}, "signing-key")`;
  expect(onFullDisk("../../k8s/local/tls.ts", call)).toBe("EFBIG");
  const made = cluster.keptSecret(home, "signing-key");
  expect(Buffer.from(made, "base64url")).toHaveLength(32);
  expect(cluster.keptSecret(home, "signing-key")).toBe(made);
});
