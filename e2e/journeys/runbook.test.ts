import { execFile } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aScalingModel } from "#test/factories/onnx.ts";
import { shootAll, steadyLoad, unitsNamed } from "../support/load.ts";
import { type Product, startProduct } from "../support/product.ts";
import { until } from "../support/until.ts";

const DOCUMENT = path.join(import.meta.dirname, "../../docs/runbooks/rollback-without-slipway.md");
const body = { inputs: [{ name: "x", datatype: "FP32", shape: [1, 1], data: [3] }] };
let product: Product;
beforeAll(async () => {
  product = await startProduct();
  const { api } = product;
  await api.ok("POST", "/endpoints", { name: "fraud", environment: "local" });
  await api.register("team/fraud scores", aScalingModel(1));
  await api.register("team/fraud scores", aScalingModel(2));
  await api.deploy("fraud", "team/fraud scores", "1");
  await api.applied("fraud", 1);
  await api.deploy("fraud", "team/fraud scores", "2");
  await api.traffic("fraud", [{ revision: 2, weightPercent: 100 }]);
  await api.applied("fraud", 3);
});
afterAll(() => product?.dispose());

/** Fenced commands of a part of the page, with our values where it has examples. */
function commands(from: string, to: string | undefined, values: Record<string, string>): string {
  const page = readFileSync(DOCUMENT, "utf8");
  const part = page.slice(page.indexOf(from), to === undefined ? undefined : page.indexOf(to));
  const script = [...part.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block).join("\n");
  return Object.entries(values).reduce((text, [name, value]) => {
    const line = new RegExp(`^${name}=.*$`, "m");
    if (!line.test(text)) throw new Error(`the page sets no ${name}`);
    return text.replace(line, `${name}='${value}'`);
  }, script);
}

async function sh(script: string): Promise<string> {
  const cwd = path.join(product.home, "by-hand");
  mkdirSync(cwd, { recursive: true });
  const env = { ...process.env, KUBECONFIG: product.kubeconfig, HOME: product.home };
  return (await promisify(execFile)("sh", ["-eu", "-c", script], { cwd, env })).stdout;
}

const target = { NAMESPACE: "slipway-local", ENDPOINT: "fraud", GOOD: "1", REPLICAS: "1" };

test("with web, worker and Postgres dead, the commands of the page put the last good version back", async () => {
  product.killSupervisor();
  for (const component of ["worker", "web", "postgres"] as const)
    for (const pid of product.pidsOf(component)) process.kill(pid, "SIGKILL");
  await until("the control plane is dead", async () => (product.pidsOf("web").length === 0 ? true : undefined), 5_000);
  const gateway = product.gateway("fraud", body);
  expect((await shootAll(gateway, unitsNamed(20))).every((shot) => shot.revision === 2)).toBe(true);

  const load = steadyLoad(gateway, 50, unitsNamed(50));
  const said = await sh(commands("Work in an empty folder", "## 5.", target));
  await until("the plan by hand is served", async () => {
    const [shot] = await shootAll(gateway, unitsNamed(1));
    return shot?.plan === 1003 ? true : undefined;
  });
  await until("every router has acknowledged", async () => {
    const acks = product.kubectl("get", "leases", "-n", "slipway-local", "-o", "yaml");
    return acks.match(/:1003\b/g)?.length === 2 ? true : undefined;
  });
  const after = await shootAll(gateway, unitsNamed(100));
  expect(after.filter((shot) => shot.status !== 200 || shot.revision !== 1 || shot.plan !== 1003)).toEqual([]);
  expect((await load.stop()).filter((shot) => shot.status !== 200)).toEqual([]);
  expect(said).toMatch(/ROUTER\s+PLANS/);
  expect(product.pidsOf("web")).toEqual([]);
});

test("back again, Slipway leaves that plan alone, and a choice from the ledger goes on from it without a wrong answer", async () => {
  const gateway = product.gateway("fraud", body);
  const load = steadyLoad(gateway, 50, unitsNamed(50));
  await product.start();
  await until("it says so", async () => {
    const { conditions } = await product.api.ok("GET", "/endpoints/fraud");
    return conditions.some(
      ({ type, status }: { type: string; status: string }) => type === "DatabaseBehindCluster" && status === "True",
    )
      ? true
      : undefined;
  });
  expect((await product.api.call("POST", "/endpoints/fraud/rollback", {})).body.code).toBe("plan_conflict");

  const choice = { API: `${product.webUrl}/api/v1`, TOKEN: product.api.token, LEDGER_PLAN: "1" };
  await sh(`ENDPOINT=fraud\n${commands("## 5.", undefined, choice)}`);
  const { plan } = await product.api.applied("fraud", 1004);
  expect(plan).toMatchObject({ number: 1004, repeatsPlan: 1, entries: [{ revision: 1, weightPercent: 100 }] });
  const shots = await load.stop();
  expect(shots.filter((shot) => shot.status !== 200 || shot.revision !== 1)).toEqual([]);
  await product.api.deploy("fraud", "team/fraud scores", "2");
  expect((await product.api.applied("fraud", 1005)).plan.number).toBe(1005);
});
