import { aScalingModel } from "../../test/factories/onnx.ts";
import type { Api } from "../support/api.ts";
import { until } from "../support/until.ts";

export const STAGE = { model: "stage", endpoint: "stage", environment: "local" } as const;

/** One of everything that a screen can show: a model with a card and two versions, both deployed and sharing traffic. */
export async function setStage(api: Api): Promise<void> {
  const found = await api.call("GET", `/endpoints/${STAGE.endpoint}`);
  if (found.status === 200) return;
  await api.ok("POST", "/models", { name: STAGE.model, description: "Doubles, then *triples*.", tags: ["arithmetic"] });
  await api.ok("POST", "/endpoints", { name: STAGE.endpoint, environment: STAGE.environment });
  for (const [index, auc] of [0.91, 0.93].entries()) {
    const { digest } = await api.ok("PUT", "/artifacts", aScalingModel(index + 2));
    const { version } = await api.ok("POST", `/models/${STAGE.model}/versions`, {
      artifact: digest,
      description: "# Card\n\nTrained on `numbers`.\n\n| set | auc |\n|---|---|\n| test | 0.9 |",
      metrics: { auc },
      featureNames: ["amount"],
      // What has no blank to break at is as wide as it is long.
      source: { dataset: `s3://numbers/${"a-long-way-down/".repeat(6)}numbers.parquet` },
      exampleInput: { inputs: [{ name: "x", datatype: "FP32", shape: [1, 1], data: [3] }] },
    });
    await api.deploy(STAGE.endpoint, STAGE.model, version);
    await api.applied(STAGE.endpoint);
  }
  await api.ok("PUT", `/models/${STAGE.model}/aliases/champion`, { version: "1" });
  await ready(api, STAGE.endpoint);
  await api.traffic(STAGE.endpoint, split(90, 10), "A first look at v2");
  await api.applied(STAGE.endpoint);
}

/** An endpoint that asks for more pods than it has, and the incident that comes of it. */
export async function setIncident(api: Api): Promise<string> {
  await setStage(api);
  const made = await api.call("POST", "/endpoints", {
    name: SHORT_OF_PODS,
    environment: STAGE.environment,
    healthTargets: { readyPodsMin: 3 },
  });
  if (made.status === 201) await api.deploy(SHORT_OF_PODS, STAGE.model, "1");
  return until("an incident", async () => {
    const { items } = await api.ok("GET", "/incidents?state=open");
    return items.find(({ endpoint }: { endpoint: string }) => endpoint === SHORT_OF_PODS)?.id;
  });
}
/** Nobody has asked it anything. */
export const SHORT_OF_PODS = "short-of-pods";

/** Live shares of r1, r2… in percent. */
export const split = (...percents: number[]) =>
  percents.map((weightPercent, index) => ({ revision: index + 1, weightPercent }));

/** Every revision has a pod that answers, as a share takes none that has none. */
export const ready = (api: Api, endpoint: string) =>
  api.untilIs(endpoint, ({ revisions }) =>
    revisions.every(({ readyReplicas }: { readyReplicas: number | null }) => (readyReplicas ?? 0) > 0),
  );
