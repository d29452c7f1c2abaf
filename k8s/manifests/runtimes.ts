import { POD_PORT } from "#domain/shared/cluster-names.ts";

/** How a runtime becomes a pod. What a person may ask of it (formats, devices) is `domain/revision/runtimes.ts`. */
export type PodRuntime = Readonly<{
  /** Image: `<prefix><program>:<release>`. */
  program: string;
  args: readonly string[];
  port: number;
  protocol: "open-inference-v2";
  /** Folder that `fetch` fills and the program reads, by the variable of that name. */
  layout: { folder: string; variable: string };
  probes: { startup: string; readiness: string; liveness: string };
  metrics: { path: string; inferenceSeconds: string; queueSeconds: string };
  /** Variable that takes the number of inference threads, where the runtime has one. */
  threadsVariable: string | null;
}>;

const POD_RUNTIMES: Readonly<Record<string, PodRuntime>> = {
  onnx: {
    program: "model-server",
    args: [],
    port: POD_PORT,
    protocol: "open-inference-v2",
    layout: { folder: "/slipway/model", variable: "MODEL_DIR" },
    probes: { startup: "/started", readiness: "/v2/health/ready", liveness: "/v2/health/live" },
    metrics: {
      path: "/metrics",
      inferenceSeconds: "slipway_inference_duration_seconds",
      queueSeconds: "slipway_inference_queue_seconds",
    },
    threadsVariable: "WORKERS",
  },
};

/** Throws an Error for a name that `domain/revision/runtimes.ts` does not offer either. */
export function podRuntime(name: string): PodRuntime {
  const runtime = POD_RUNTIMES[name];
  if (runtime === undefined) throw new Error(`no pod is known for the runtime "${name}"`);
  return runtime;
}
