import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  APPLY,
  type ContractCluster,
  configMap,
  idleDeployment,
  MERGE,
  startContractCluster,
} from "#test/support/contract-cluster.ts";

let cluster: ContractCluster;
let token: string;
const RBAC = "rbac.authorization.k8s.io";
beforeAll(async () => {
  cluster = await startContractCluster();
  const rbac = `/apis/${RBAC}/v1/namespaces/${cluster.namespace}`;
  const metadata = { name: "limited" };
  await cluster.call("POST", `${cluster.core}/serviceaccounts`, {
    body: { apiVersion: "v1", kind: "ServiceAccount", metadata },
  });
  const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list"] }];
  await cluster.call("POST", `${rbac}/roles`, { body: { apiVersion: `${RBAC}/v1`, kind: "Role", metadata, rules } });
  const binding = {
    apiVersion: `${RBAC}/v1`,
    kind: "RoleBinding",
    metadata,
    roleRef: { apiGroup: RBAC, kind: "Role", name: "limited" },
    subjects: [{ kind: "ServiceAccount", name: "limited", namespace: cluster.namespace }],
  };
  await cluster.call("POST", `${rbac}/rolebindings`, { body: binding });
  const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 600 } };
  const answer = await cluster.call("POST", `${cluster.core}/serviceaccounts/limited/token`, { body: request });
  token = answer.body.status.token;
});
afterAll(() => cluster.close());

const refusal = (verb: string, resource: string, group = "") =>
  `User "system:serviceaccount:${cluster.namespace}:limited" cannot ${verb} resource "${resource}" in API group "${group}" in the namespace "${cluster.namespace}"`;

describe("a ServiceAccount", () => {
  it("may do what its Role says", async () => {
    expect((await cluster.call("GET", `${cluster.core}/configmaps`, { token })).status).toBe(200);
  });

  it("is refused everything else, in words that say what", async () => {
    const calls: [string, string, string][] = [
      ["POST", `${cluster.core}/configmaps`, `configmaps is forbidden: ${refusal("create", "configmaps")}`],
      ["GET", `${cluster.core}/pods`, `pods is forbidden: ${refusal("list", "pods")}`],
      ["GET", `${cluster.core}/pods?watch=true`, `pods is forbidden: ${refusal("watch", "pods")}`],
      [
        "GET",
        `${cluster.apps}/deployments/x`,
        `deployments.apps "x" is forbidden: ${refusal("get", "deployments", "apps")}`,
      ],
      [
        "PATCH",
        `${cluster.apps}/deployments/x/scale`,
        `deployments.apps "x" is forbidden: ${refusal("patch", "deployments/scale", "apps")}`,
      ],
    ];
    for (const [method, path, message] of calls) {
      const body = method === "GET" ? {} : { body: method === "POST" ? configMap("x") : {}, type: "application/json" };
      const answer = await cluster.call(method, path, { token, ...body });
      expect(answer).toMatchObject({ status: 403, body: { reason: "Forbidden", message } });
    }
    const nodes = await cluster.call("GET", "/api/v1/nodes", { token });
    expect(nodes.body.message).toMatch(/cannot list resource "nodes" in API group "" at the cluster scope$/);
  });

  it("needs the right to create for applying what is not there", async () => {
    const applied = await cluster.call("PATCH", `${cluster.apps}/deployments/new?fieldManager=limited`, {
      token,
      type: APPLY,
      body: idleDeployment("new"),
    });
    expect(applied.status).toBe(403);
    const rbac = `/apis/${RBAC}/v1/namespaces/${cluster.namespace}`;
    const rules = [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["patch"] }];
    const add = { rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list"] }, ...rules] };
    await cluster.call("PATCH", `${rbac}/roles/limited`, { type: MERGE, body: add });
    await expect
      .poll(async () => {
        const again = await cluster.call("PATCH", `${cluster.apps}/deployments/new?fieldManager=limited`, {
          token,
          type: APPLY,
          body: idleDeployment("new"),
        });
        return again.body.message;
      })
      .toContain(refusal("create", "deployments", "apps"));
  });

  it("learns its rights by asking", async () => {
    const ask = async (verb: string) => {
      const resourceAttributes = { namespace: cluster.namespace, verb, resource: "configmaps" };
      const body = {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: { resourceAttributes },
      };
      const answer = await cluster.call("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
        token,
        body,
      });
      expect(answer.status).toBe(201);
      return answer.body.status.allowed;
    };
    expect(await ask("list")).toBe(true);
    expect(await ask("delete")).toBe(false);
  });

  it("is nobody any more once it is deleted", async () => {
    const metadata = { name: "brief" };
    await cluster.call("POST", `${cluster.core}/serviceaccounts`, {
      body: { apiVersion: "v1", kind: "ServiceAccount", metadata },
    });
    const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 600 } };
    const made = await cluster.call("POST", `${cluster.core}/serviceaccounts/brief/token`, { body: request });
    const brief = made.body.status.token;
    expect((await cluster.call("GET", `${cluster.core}/configmaps`, { token: brief })).status).toBe(403);
    await cluster.call("DELETE", `${cluster.core}/serviceaccounts/brief`);
    await expect
      .poll(async () => (await cluster.call("GET", `${cluster.core}/configmaps`, { token: brief })).status)
      .toBe(401);
  });
});

describe("without rights", () => {
  it("no credentials are a 403, wrong ones a 401", async () => {
    const anonymous = await cluster.call("GET", `${cluster.core}/pods`, { token: null });
    expect(anonymous).toMatchObject({ status: 403 });
    expect(anonymous.body.message).toContain('User "system:anonymous" cannot list resource "pods"');
    expect(await cluster.call("GET", `${cluster.core}/pods`, { token: "wrong" })).toMatchObject({ status: 401 });
    expect((await cluster.call("GET", "/api", { token: null })).status).toBe(403);
  });
});
