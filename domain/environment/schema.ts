import { z } from "zod";
import { nameSchema } from "#domain/shared/names.ts";
import { conditionViewSchema, momentSchema } from "#domain/shared/views.ts";

export const environmentIdSchema = z.uuid().brand<"EnvironmentId">();
export const environmentKindSchema = z.enum(["development", "production"]);
export type EnvironmentKind = z.infer<typeof environmentKindSchema>;

const namespaceSchema = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "a namespace is 1 to 63 of a-z, 0-9 and -, with a letter or digit at both ends",
  )
  .refine((name) => !name.startsWith("kube-"), "namespaces beginning with kube- belong to Kubernetes");

export const createEnvironmentSchema = z.strictObject({
  name: nameSchema,
  cluster: nameSchema,
  namespace: namespaceSchema,
  kind: environmentKindSchema,
  /** Where applications reach this environment's routers. */
  gatewayUrl: z.url({ protocol: /^https?$/, error: "needs an http or https address" }).max(500),
  serviceType: z.enum(["ClusterIP", "NodePort", "LoadBalancer"]).default("ClusterIP"),
  /** Put before `<program>:<release>`, such as `registry.example.com/slipway/`. Absent: this installation's. */
  imagePrefix: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._:/-]*\/$/, "ends with / and holds a-z, 0-9, . _ : / -")
    .max(200)
    .optional(),
  scrapeNamespace: namespaceSchema.optional(),
  podMonitorLabels: z.record(z.string().max(317), z.string().max(63)).optional(),
  warmFullMinutes: z.number().int().min(0).max(10_080).default(60),
  /** Absent: 1 in production, 0 in development. */
  warmReplicas: z.number().int().min(0).max(100).optional(),
});

export const warmReplicasOf = (kind: EnvironmentKind): number => (kind === "production" ? 1 : 0);

export const environmentViewSchema = z.object({
  id: environmentIdSchema,
  name: z.string(),
  cluster: z.string(),
  namespace: z.string(),
  kind: environmentKindSchema,
  gatewayUrl: z.string(),
  serviceType: z.string(),
  imagePrefix: z.string(),
  scrapeNamespace: z.string().nullable(),
  podMonitorLabels: z.record(z.string(), z.string()).nullable(),
  warmFullMinutes: z.number().int(),
  warmReplicas: z.number().int(),
  generation: z.number().int(),
  /** When the worker last knew this to be current; null: never yet. */
  observedAt: momentSchema.nullable(),
  routersReady: z.number().int().nullable(),
  /** What the worker may not do in its namespace and needs to, such as `create deployments.apps`; null: not asked yet. */
  missingRights: z.array(z.string()).nullable(),
  conditions: z.array(conditionViewSchema),
  createdBy: z.string(),
  createdAt: momentSchema,
});
export type EnvironmentView = z.infer<typeof environmentViewSchema>;
