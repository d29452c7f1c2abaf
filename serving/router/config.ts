import { z } from "zod";
import { POD_PORT } from "#domain/shared/cluster-names.ts";

const envSchema = z.object({
  POD_IP: z.string().min(1),
  PORT: z.coerce.number().int().min(1).max(65_535).default(POD_PORT),
  POD_NAME: z.string().min(1),
  POD_UID: z.string().min(1),
  POD_NAMESPACE: z.string().min(1),
  SLIPWAY_INSTALLATION: z.string().min(1),
  SLIPWAY_ENVIRONMENT: z.string().min(1),
  /** Unset in a cluster, where the ServiceAccount's token is mounted. */
  KUBECONFIG: z.string().min(1).optional(),
  STATE_DIR: z.string().min(1),
  /** How long a terminating router goes on accepting, so that everyone has stopped sending to it. */
  DRAIN_SERVE_MS: z.coerce.number().int().min(0).default(10_000),
  /** How long the requests under way then have; together below the pod's grace period. */
  DRAIN_FINISH_MS: z.coerce.number().int().min(0).default(45_000),
});

export type Config = Readonly<{
  host: string;
  port: number;
  pod: { name: string; uid: string; namespace: string };
  installation: string;
  environment: string;
  kube: { kubeconfig: string } | "in-cluster";
  stateDir: string;
  drainServeMs: number;
  drainFinishMs: number;
}>;

/** Throws a ZodError that names every bad variable. */
export function loadConfig(source: Readonly<Record<string, string | undefined>>): Config {
  const env = envSchema.parse(source);
  return {
    host: env.POD_IP,
    port: env.PORT,
    pod: { name: env.POD_NAME, uid: env.POD_UID, namespace: env.POD_NAMESPACE },
    installation: env.SLIPWAY_INSTALLATION,
    environment: env.SLIPWAY_ENVIRONMENT,
    kube: env.KUBECONFIG === undefined ? "in-cluster" : { kubeconfig: env.KUBECONFIG },
    stateDir: env.STATE_DIR,
    drainServeMs: env.DRAIN_SERVE_MS,
    drainFinishMs: env.DRAIN_FINISH_MS,
  };
}
