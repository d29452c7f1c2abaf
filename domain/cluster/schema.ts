import { z } from "zod";
import { nameSchema } from "#domain/shared/names.ts";
import { conditionViewSchema, momentSchema } from "#domain/shared/views.ts";

/** In characters; kubectl's own files of dozens of contexts are shorter. */
export const KUBECONFIG_LENGTH_MAX = 256 * 1024;

const kubeconfigTextSchema = z
  .string()
  .min(1, "a cluster needs a kubeconfig")
  .max(KUBECONFIG_LENGTH_MAX, `a kubeconfig has at most ${KUBECONFIG_LENGTH_MAX / 1024} KiB`);

const credentials = {
  /** YAML or JSON with inline data only; kept encrypted, and answered to nobody. */
  kubeconfig: kubeconfigTextSchema,
  /** Which of its contexts; may be absent when there is one. */
  context: z.string().min(1).max(500).optional(),
};

export const createClusterSchema = z.strictObject({ name: nameSchema, ...credentials });
export const clusterRefSchema = z.strictObject({ cluster: z.string().max(40) });
export const updateClusterSchema = z.strictObject({
  ...clusterRefSchema.shape,
  ...credentials,
  /** The generation that the caller has seen. */
  expectedGeneration: z.number().int().min(1),
});
export const removeClusterSchema = z.strictObject({
  ...clusterRefSchema.shape,
  /** Forget its environments and endpoints too, and leave in the cluster whatever is there. */
  abandon: z.boolean().default(false),
});

export const clusterViewSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  /** ambient: the kubeconfig that the processes were started with; its credentials are not kept here. */
  source: z.enum(["ambient", "kubeconfig"]),
  server: z.string().nullable(),
  environments: z.array(z.string()),
  generation: z.number().int(),
  /** Kubernetes' own, such as `v1.36.0`; null: not known yet. */
  version: z.string().nullable(),
  /** Whom the cluster takes us for. */
  userName: z.string().nullable(),
  /** Last time it answered the worker; null: never yet. */
  observedAt: momentSchema.nullable(),
  /** Other names under which the very same cluster is here. */
  sameAs: z.array(z.string()),
  conditions: z.array(conditionViewSchema),
  createdBy: z.string(),
  createdAt: momentSchema,
  updatedBy: z.string(),
  updatedAt: momentSchema,
  /** Set in the answer to a removal only: removed ones are not listed. */
  removedAt: momentSchema.nullable(),
});
export type ClusterView = z.infer<typeof clusterViewSchema>;
