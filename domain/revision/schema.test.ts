import { expect, test } from "vitest";
import { createRevisionSchema } from "./schema.ts";

/** Paths of what is wrong with a revision of this environment. */
function refusals(env: Record<string, unknown>): string[] {
  const parsed = createRevisionSchema.safeParse({ endpoint: "iris", model: "iris", version: "1", env });
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join("."));
}

test("variables of a model's own, and references to somebody's Secret, are taken", () => {
  expect(
    refusals({ LOG_LEVEL: "debug", omp_num_threads: "2", WORKERS: "4", NODENAME: "a", ENVIRONMENT: "b", EMPTY: "" }),
  ).toEqual([]);
  expect(refusals({ API_KEY: { secretRef: { name: "team.keys-1", key: "api_key.v2" } } })).toEqual([]);
});

test("a variable that makes a process load other code is refused: locally it would run with the product's rights", () => {
  for (const name of ["NODE_OPTIONS", "node_options", "NODE_PATH", "LD_PRELOAD", "LD_LIBRARY_PATH", "OPENSSL_CONF"])
    expect(refusals({ [name]: "x" })).toEqual([`env.${name}`]);
  for (const name of ["PATH", "HOME", "ENV", "BASH_ENV", "GCONV_PATH", "GLIBC_TUNABLES", "SSL_CERT_FILE", "PYTHONPATH"])
    expect(refusals({ [name]: "x" })).toEqual([`env.${name}`]);
});

test("what Slipway says to a pod, and its own Secrets, are not a model's", () => {
  for (const name of ["PORT", "POD_IP", "MODEL_DIR", "ARTIFACT_TOKEN"])
    expect(refusals({ [name]: "1" })).toEqual([`env.${name}`]);
  const own = { secretRef: { name: "slipway-artifacts", key: "write-token" } };
  expect(refusals({ MINE: own })).toEqual(["env.MINE.secretRef.name"]);
});

test("a number that a pod would fall over is refused before one is started, and none is read from a Secret", () => {
  for (const value of ["four", "-1", "1.5", " 2", "", { secretRef: { name: "a", key: "b" } }])
    expect(refusals({ WORKERS: value })).toEqual(["env.WORKERS"]);
});

test("what no cluster could store as a variable or a reference is refused", () => {
  expect(refusals({ A: "a\0b" })).toEqual(["env.A"]);
  expect(refusals({ A: { secretRef: { name: "Not A Name", key: "k" } } })).toEqual(["env.A.secretRef.name"]);
  expect(refusals({ A: { secretRef: { name: "a", key: "../b" } } })).toEqual(["env.A.secretRef.key"]);
});

test("memory is a size that holds a model server", () => {
  const refused = (memory: string) => {
    const resources = { memory };
    const parsed = createRevisionSchema.safeParse({ endpoint: "iris", model: "iris", version: "1", resources });
    return parsed.error?.issues.map(({ message }) => message).join() ?? null;
  };
  for (const memory of ["1Ki", "127Mi", "134217727", "100M"]) expect(refused(memory)).not.toBeNull();
  expect(refused("512")).toBe('memory is a size such as "512Mi" or "2Gi"');
  for (const memory of ["128Mi", "135M", "1Gi"]) expect(refused(memory)).toBeNull();
});
