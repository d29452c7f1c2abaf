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

export const SERVICE_TYPES = ["ClusterIP", "NodePort", "LoadBalancer"] as const;

/** Where applications reach this environment's routers. */
const gatewayUrlSchema = z.url({ protocol: /^https?$/, error: "needs an http or https address" }).max(500);
/** Put before `<program>:<release>`, such as `registry.example.com/slipway/`. */
const imagePrefixSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._:/-]*\/$/, "ends with / and holds a-z, 0-9, . _ : / -")
  .max(200);
const podMonitorLabelsSchema = z.record(z.string().max(317), z.string().max(63));
const warmFullMinutesSchema = z.number().int().min(0).max(10_080);
const warmReplicasSchema = z.number().int().min(0).max(100);

export const createEnvironmentSchema = z.strictObject({
  name: nameSchema,
  cluster: nameSchema,
  namespace: namespaceSchema,
  kind: environmentKindSchema,
  gatewayUrl: gatewayUrlSchema,
  serviceType: z.enum(SERVICE_TYPES).default("ClusterIP"),
  /** Absent: this installation's. */
  imagePrefix: imagePrefixSchema.optional(),
  scrapeNamespace: namespaceSchema.optional(),
  podMonitorLabels: podMonitorLabelsSchema.optional(),
  warmFullMinutes: warmFullMinutesSchema.default(60),
  /** Absent: 1 in production, 0 in development. */
  warmReplicas: warmReplicasSchema.optional(),
});

export const environmentRefSchema = z.strictObject({ environment: z.string().max(40) });

/** What is absent stays. Name, cluster and namespace are what it is known by: in addresses, metrics and the cluster. */
export const updateEnvironmentSchema = z.strictObject({
  ...environmentRefSchema.shape,
  /** The generation that the caller has seen. */
  expectedGeneration: z.number().int().min(1),
  kind: environmentKindSchema.optional(),
  gatewayUrl: gatewayUrlSchema.optional(),
  serviceType: z.enum(SERVICE_TYPES).optional(),
  imagePrefix: imagePrefixSchema.optional(),
  scrapeNamespace: namespaceSchema.nullable().optional(),
  podMonitorLabels: podMonitorLabelsSchema.nullable().optional(),
  warmFullMinutes: warmFullMinutesSchema.optional(),
  warmReplicas: warmReplicasSchema.optional(),
  reason: z.string().trim().max(500).default(""),
});

/** Decided at each start for the environment that an installation begins with, from its ports and variables. */
export const DECIDED_AT_START = ["gatewayUrl", "serviceType", "imagePrefix"] as const;
/** Who made that one. */
export const STARTER = "installation";

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
  updatedBy: z.string(),
  updatedAt: momentSchema,
  /** Set in the answer to a deletion only: deleted ones are not listed. */
  removedAt: momentSchema.nullable(),
});
export type EnvironmentView = z.infer<typeof environmentViewSchema>;
