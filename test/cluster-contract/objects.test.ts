import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ContractCluster,
  configMap,
  idleDeployment,
  MERGE,
  startContractCluster,
} from "#test/support/contract-cluster.ts";

let cluster: ContractCluster;
beforeAll(async () => {
  cluster = await startContractCluster();
});
afterAll(() => cluster.close());

const maps = () => `${cluster.core}/configmaps`;
const create = (body: object) => cluster.call("POST", maps(), { body });

describe("objects", () => {
  it("are created with identity and version, once", async () => {
    const first = await create(configMap("once", { a: "1" }));
    expect(first.status).toBe(201);
    expect(first.body.metadata).toMatchObject({ name: "once", namespace: cluster.namespace });
    expect(first.body.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(Number(first.body.metadata.resourceVersion)).toBeGreaterThan(0);
    const second = await create(configMap("once"));
    expect(second).toMatchObject({
      status: 409,
      body: {
        reason: "AlreadyExists",
        message: 'configmaps "once" already exists',
        details: { name: "once", kind: "configmaps" },
      },
    });
  });

  it("that do not exist are a 404 naming them", async () => {
    for (const method of ["GET", "DELETE"]) {
      const answer = await cluster.call(method, `${maps()}/nope`);
      expect(answer).toMatchObject({
        status: 404,
        body: { reason: "NotFound", message: 'configmaps "nope" not found' },
      });
    }
    const elsewhere = await cluster.call("POST", "/api/v1/namespaces/missing-ns/configmaps", { body: configMap("x") });
    expect(elsewhere).toMatchObject({ status: 404, body: { message: 'namespaces "missing-ns" not found' } });
  });

  it("refuse a write that speaks of an older state", async () => {
    const { body: made } = await create(configMap("stale", { a: "1" }));
    const path = `${maps()}/stale`;
    const changed = await cluster.call("PUT", path, { body: { ...made, data: { a: "2" } } });
    expect(changed.status).toBe(200);
    const stale = await cluster.call("PUT", path, { body: { ...made, data: { a: "3" } } });
    expect(stale).toMatchObject({ status: 409, body: { reason: "Conflict" } });
    expect(stale.body.message).toContain("the object has been modified");
    const patch = await cluster.call("PATCH", path, {
      type: MERGE,
      body: { metadata: { resourceVersion: made.metadata.resourceVersion }, data: { a: "9" } },
    });
    expect(patch.status).toBe(409);
    const otherUid = {
      ...changed.body,
      metadata: { ...changed.body.metadata, uid: "00000000-0000-0000-0000-000000000000" },
    };
    expect((await cluster.call("PUT", path, { body: otherUid })).status).toBe(409);
    expect((await cluster.call("GET", path)).body.data).toEqual({ a: "2" });
  });

  it("keep their version when a write changes nothing", async () => {
    const { body: made } = await create(configMap("same", { a: "1" }));
    const path = `${maps()}/same`;
    const put = await cluster.call("PUT", path, { body: made });
    const patch = await cluster.call("PATCH", path, { type: MERGE, body: { data: { a: "1" } } });
    expect(put.body.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
    expect(patch.body.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
  });

  it("raise their generation with the spec, not with labels", async () => {
    const path = `${cluster.apps}/deployments`;
    const made = await cluster.call("POST", path, { body: idleDeployment("gen") });
    expect(made.body.metadata.generation).toBe(1);
    expect(made.body.spec).toMatchObject({
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
    });
    const labelled = await cluster.call("PATCH", `${path}/gen`, {
      type: MERGE,
      body: { metadata: { labels: { z: "1" } } },
    });
    expect(labelled.body.metadata.generation).toBe(1);
    const changed = await cluster.call("PATCH", `${path}/gen`, { type: MERGE, body: { spec: { paused: true } } });
    expect(changed.body.metadata.generation).toBe(2);
  });

  it("of a dry run are answered and not stored", async () => {
    const answer = await cluster.call("POST", `${maps()}?dryRun=All`, { body: configMap("dry", { a: "1" }) });
    expect(answer.status).toBe(201);
    expect(answer.body.metadata.resourceVersion).toBeUndefined();
    expect((await cluster.call("GET", `${maps()}/dry`)).status).toBe(404);
  });

  it("get a name from generateName", async () => {
    const { body } = await create({ apiVersion: "v1", kind: "ConfigMap", metadata: { generateName: "gen-" } });
    expect(body.metadata.name).toMatch(/^gen-[a-z0-9]{5}$/);
  });

  it("with a finalizer stay, marked, until it is taken off", async () => {
    await create(configMap("held", {}, { finalizers: ["example.com/hold"] }));
    const path = `${maps()}/held`;
    const deleted = await cluster.call("DELETE", path);
    expect(deleted).toMatchObject({ status: 200, body: { kind: "ConfigMap" } });
    expect(deleted.body.metadata.deletionTimestamp).toBeDefined();
    const again = await create(configMap("held"));
    expect(again.body.message).toBe('object is being deleted: configmaps "held" already exists');
    await cluster.call("PATCH", path, { type: MERGE, body: { metadata: { finalizers: null } } });
    expect((await cluster.call("GET", path)).status).toBe(404);
  });
});

describe("bad input", () => {
  const deployment = (change: object) => {
    const base = idleDeployment("bad");
    return { ...base, spec: { ...base.spec, ...change } };
  };
  it.each([
    ["a name that is none", () => create(configMap("Bad_Name")), 422, "metadata.name"],
    ["no name", () => create({ apiVersion: "v1", kind: "ConfigMap", metadata: {} }), 422, "metadata.name"],
    ["a label value", () => create(configMap("x", {}, { labels: { a: "not valid!" } })), 422, "metadata.labels"],
    ["a data key", () => create(configMap("x", { "bad key": "1" })), 422, "data[bad key]"],
    [
      "negative replicas",
      () => cluster.call("POST", `${cluster.apps}/deployments`, { body: deployment({ replicas: -1 }) }),
      422,
      "spec.replicas",
    ],
    [
      "a selector that misses its template",
      () =>
        cluster.call("POST", `${cluster.apps}/deployments`, {
          body: deployment({ selector: { matchLabels: { app: "z" } } }),
        }),
      422,
      "spec.template.metadata.labels",
    ],
    [
      "an empty spec",
      () =>
        cluster.call("POST", `${cluster.apps}/deployments`, {
          body: deployment({ selector: undefined, template: undefined }),
        }),
      422,
      "spec.selector",
    ],
  ])("is refused with its field: %s", async (_what, send, status, field) => {
    const answer = await send();
    expect(answer.status).toBe(status);
    expect(answer.body.reason).toBe("Invalid");
    expect(answer.body.details.causes.map((cause: { field: string }) => cause.field)).toContain(field);
  });

  const pod = (spec: object, container: object = {}) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "bad" },
    spec: { ...spec, containers: [{ name: "c", image: "x:1", ...container }] },
  });
  const folder = (name: string) => ({ name, emptyDir: {} });
  const label = "a lowercase RFC 1123 label must consist of";
  it.each([
    ["a volume's name", pod({ volumes: [folder("Bad_Vol")] }), "spec.volumes[0].name", `"Bad_Vol": ${label}`],
    ["no volume's name", pod({ volumes: [{ emptyDir: {} }] }), "spec.volumes[0].name", "Required value"],
    [
      "a volume's name twice",
      pod({ volumes: [folder("v"), folder("v")] }),
      "spec.volumes[1].name",
      'Duplicate value: "v"',
    ],
    [
      "two kinds of volume",
      pod({ volumes: [{ ...folder("v"), secret: { secretName: "s" } }] }),
      undefined,
      "more than 1",
    ],
    ["a mount of nothing", pod({}, { volumeMounts: [{ name: "v", mountPath: "/m" }] }), undefined, 'Not found: "v"'],
    [
      "two mounts at one path",
      pod(
        { volumes: [folder("v"), folder("w")] },
        { volumeMounts: ["v", "w"].map((name) => ({ name, mountPath: "/m" })) },
      ),
      "spec.containers[0].volumeMounts[1].mountPath",
      '"/m": must be unique',
    ],
    [
      "a port's name",
      pod({}, { ports: [{ name: "Http_", containerPort: 1 }] }),
      "spec.containers[0].ports[0].name",
      "alpha-numeric",
    ],
    [
      "a port's length",
      pod({}, { ports: [{ name: "a-port-so-very-long", containerPort: 1 }] }),
      undefined,
      "no more than 15",
    ],
    [
      "a protocol",
      pod({}, { ports: [{ containerPort: 1, protocol: "QUIC" }] }),
      "spec.containers[0].ports[0].protocol",
      'Unsupported value: "QUIC": supported values: "SCTP", "TCP", "UDP"',
    ],
    [
      "an account",
      pod({ serviceAccountName: "No One" }),
      "spec.serviceAccountName",
      '"No One": a lowercase RFC 1123 subdomain',
    ],
  ])("in a pod is refused with its field: %s", async (_what, body, field, sentence) => {
    const answer = await cluster.call("POST", `/api/v1/namespaces/${cluster.namespace}/pods?dryRun=All`, { body });
    expect([answer.status, answer.body.reason]).toEqual([422, "Invalid"]);
    const causes: { field: string; message: string }[] = answer.body.details.causes;
    expect(causes.map(({ message }) => message).join("\n")).toContain(sentence);
    if (field !== undefined) expect(causes.map((cause) => cause.field)).toContain(field);
  });

  it("is a 400 when it cannot be read", async () => {
    expect((await cluster.call("POST", maps(), { body: '{"apiVersion":"v1",' })).status).toBe(400);
    expect((await cluster.call("POST", maps(), { body: "" })).status).toBe(400);
    const other = { apiVersion: "v1", kind: "Secret", metadata: { name: "x" } };
    expect((await cluster.call("POST", maps(), { body: other })).status).toBe(400);
    const strict = { ...configMap("x"), bogus: 1 };
    const answer = await cluster.call("POST", `${maps()}?fieldValidation=Strict`, { body: strict });
    expect(answer.body.message).toContain('strict decoding error: unknown field "bogus"');
  });

  it("warns of an unknown field and drops it", async () => {
    const answer = await cluster.call("POST", `${maps()}?dryRun=All`, { body: { ...configMap("x"), bogus: 1 } });
    expect(answer.status).toBe(201);
    expect(answer.headers.warning).toContain('unknown field \\"bogus\\"');
    expect(answer.body.bogus).toBeUndefined();
  });

  it("cannot change what is immutable", async () => {
    await cluster.call("POST", `${cluster.apps}/deployments`, { body: idleDeployment("imm") });
    const body = {
      spec: { selector: { matchLabels: { app: "z" } }, template: { metadata: { labels: { app: "z" } } } },
    };
    const answer = await cluster.call("PATCH", `${cluster.apps}/deployments/imm`, { type: MERGE, body });
    expect(answer.status).toBe(422);
    expect(answer.body.message).toContain("field is immutable");
  });
});

describe("a Job", () => {
  it("keeps the template it was made with", async () => {
    const jobs = `/apis/batch/v1/namespaces/${cluster.namespace}/jobs`;
    const job = (image: string) => ({
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "once" },
      // Suspended: nothing runs, wherever this is tried.
      spec: { suspend: true, template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image }] } } },
    });
    expect((await cluster.call("POST", jobs, { body: job("a:1") })).status).toBe(201);
    const changed = await cluster.call("PATCH", `${jobs}/once`, { type: MERGE, body: job("b:1") });
    expect(changed).toMatchObject({ status: 422, body: { reason: "Invalid" } });
    expect(changed.body.message).toContain("spec.template");
  });
});
