import { setTimeout as sleep } from "node:timers/promises";
import { COMPONENT, LABEL } from "#domain/shared/cluster-names.ts";
import { connectKube } from "#k8s/client/kube.ts";
import { answersOk } from "./control-plane.ts";

export type ServingOptions = Readonly<{
  kubeconfig: string;
  namespace: string;
  gatewayUrl: string;
  workerUrl: string;
  stopAsked: AbortSignal;
}>;

const ROUTERS_MS = 120_000;
// A model that cannot start, as it could not yesterday, must not keep the others waiting.
const MODELS_MS = 20_000;

/**
 * Resolves once a prediction could be served by the local environment: the worker acts, a router answers at the
 * gateway, and the models deployed before have pods. Answers a line for each model that has none yet.
 * Throws when there is no worker or router after two minutes.
 */
export async function waitUntilServing(options: ServingOptions): Promise<string[]> {
  const { workerUrl, gatewayUrl, stopAsked } = options;
  const deadline = performance.now() + ROUTERS_MS;
  const worker = () => answersOk(`${workerUrl}/health/leading`);
  const router = () => answersOk(`${gatewayUrl}/health/ready`);
  if (!(await becomes(worker, deadline, stopAsked)))
    throw new Error("the worker did not take up its work in two minutes");
  if (!(await becomes(router, deadline, stopAsked)))
    throw new Error(`no router answers at ${gatewayUrl} after two minutes`);
  let missing: string[] = [];
  const models = async () => {
    missing = await modelsWithoutPods(options);
    return missing.length === 0;
  };
  await becomes(models, performance.now() + MODELS_MS, stopAsked);
  return missing.map((name) => `still without a ready pod: ${name}`);
}

async function becomes(isSo: () => Promise<boolean>, deadline: number, stopAsked: AbortSignal): Promise<boolean> {
  while (performance.now() < deadline) {
    stopAsked.throwIfAborted();
    if (await isSo()) return true;
    await sleep(50);
  }
  return false;
}

type Deployment = { spec?: { replicas?: number }; status?: { availableReplicas?: number } };

async function modelsWithoutPods({ kubeconfig, namespace }: ServingOptions): Promise<string[]> {
  const kube = await connectKube({ kubeconfig });
  const labelSelector = `${LABEL.component}=${COMPONENT.model}`;
  const { items } = await kube.list({ apiVersion: "apps/v1", kind: "Deployment", namespace, labelSelector });
  kube.dropConnections();
  return items
    .filter((item) => {
      const { spec, status } = item as Deployment;
      return (spec?.replicas ?? 1) > 0 && (status?.availableReplicas ?? 0) === 0;
    })
    .map((item) => item.metadata.name);
}
