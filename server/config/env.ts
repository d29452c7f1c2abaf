import { join, resolve } from "node:path";
import { z } from "zod";
import { PASSWORD_LENGTH_MAX } from "#domain/access/password-length.ts";

/** A longer one would be kept, and let nobody in. */
export const adminPasswordSchema = z
  .string()
  .min(8, "needs at least 8 characters")
  .max(PASSWORD_LENGTH_MAX, `may have ${PASSWORD_LENGTH_MAX} characters`);

const port = z.coerce.number().int().min(1).max(65_535);

/** What an Authorization header can carry: a token with a space in it would let nobody in. */
export const adminTokenSchema = z
  .string()
  .min(16, "needs at least 16 characters")
  .max(500, "may have 500 characters")
  .regex(/^[A-Za-z0-9._~+/=-]*$/, "is of letters, digits and . _ ~ + / = -");

const prometheusUrl = z
  .url({ protocol: /^https?$/, error: "needs an http or https address" })
  .refine((url) => !/^https?:\/\/[^/?#]*@/i.test(url), {
    error: "may hold no password: set PROMETHEUS_AUTHORIZATION, such as Basic <base64 of user:password>",
  });

/** A whole Authorization header, whose scheme people forget. */
const authorization = z
  .string()
  .regex(/^[A-Za-z][\w-]* [\x21-\x7e]+$/, "is a scheme and a credential, such as Bearer <token> or Basic <base64>");

/** Where metrics are asked for; whoever starts web hands them on. */
export const prometheusVariables = {
  PROMETHEUS_URL: prometheusUrl.optional(),
  PROMETHEUS_AUTHORIZATION: authorization.optional(),
};

/** The environment that `npm start` seeds; anything not given has the design's default for a development machine. */
const localEnvironmentSchema = z.strictObject({
  name: z.string().default("local"),
  namespace: z.string().default("slipway-local"),
  kind: z.enum(["development", "production"]).default("development"),
  gatewayUrl: z.url().optional(),
  serviceType: z.enum(["ClusterIP", "NodePort", "LoadBalancer"]).default("NodePort"),
  imagePrefix: z.string().optional(),
  warmFullMinutes: z.number().int().min(0).default(60),
  warmReplicas: z.number().int().min(0).default(0),
});

const jsonText = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue({ code: "custom", message: "is not JSON" });
    return z.NEVER;
  }
});

// An empty variable, as shells and compose files write it, means unset.
const filled = (source: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));

const envSchema = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Past a pooler, for session locks and LISTEN. */
  DATABASE_DIRECT_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  ...prometheusVariables,
  KUBECONFIG: z.string().optional(),
  SLIPWAY_KUBE_CONTEXT: z.string().optional(),
  SLIPWAY_CLUSTER_NAME: z.string().default("local"),
  SLIPWAY_LOCAL_ENVIRONMENT: jsonText.pipe(localEnvironmentSchema).optional(),
  SLIPWAY_HOME: z.string().default(".slipway"),
  SLIPWAY_SECRET_KEY: z.string().min(16, "needs at least 16 characters"),
  /** The one before it: what that encrypted is read, and encrypted anew when web starts. */
  SLIPWAY_SECRET_KEY_BEFORE: z.string().min(16, "needs at least 16 characters").optional(),
  SLIPWAY_ADMIN_EMAIL: z.email().default("admin@slipway.local"),
  SLIPWAY_ADMIN_PASSWORD: adminPasswordSchema.optional(),
  SLIPWAY_ADMIN_TOKEN: adminTokenSchema.optional(),
  SLIPWAY_IMAGE_PREFIX: z.string().default("slipway.local/"),
  SLIPWAY_GATEWAY_URL: z.url().optional(),
  SLIPWAY_GATEWAY_PORT: port.default(8088),
  SLIPWAY_ARTIFACT_DIR: z.string().optional(),
  SLIPWAY_UPLOAD_BYTES_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .default(10 * 1024 ** 3),
  SLIPWAY_INSPECT_DEADLINE_MS: z.coerce.number().int().min(100).default(30_000),
  SLIPWAY_INSPECT_RSS_BYTES_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .default(4 * 1024 ** 3),
  /** Told of incidents. */
  SLIPWAY_WEBHOOK_URL: z.url({ protocol: /^https?$/, error: "needs an http or https address" }).optional(),
  SLIPWAY_WEBHOOK_SECRET: z.string().min(16, "needs at least 16 characters").optional(),
  /** Loopback, private and link-local addresses too. */
  SLIPWAY_WEBHOOK_ALLOW_PRIVATE: z.stringbool().default(false),
  /** Where people reach web, for links in messages. */
  SLIPWAY_PUBLIC_URL: z.url({ protocol: /^https?$/, error: "needs an http or https address" }).optional(),
  /** A proxy in front of web says in X-Forwarded-For who calls; without one, whoever calls could say anything. */
  SLIPWAY_TRUST_PROXY: z.stringbool().default(false),
  PORT: port.default(3000),
  SLIPWAY_ROOT: z.string().optional(),
  SLIPWAY_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
});

export type Config = Readonly<{
  databaseUrl: string;
  databaseDirectUrl: string;
  /** Undefined: no metrics; everything else works. */
  prometheus: Readonly<{ url: URL; authorization: string | undefined }> | undefined;
  kube: { kubeconfig: string | undefined; context: string | undefined };
  /** Name of the cluster that the kubeconfig above reaches. */
  clusterName: string;
  localEnvironment: z.output<typeof localEnvironmentSchema> & { gatewayUrl: string; imagePrefix: string };
  home: string;
  secretKey: string;
  secretKeyBefore: string | undefined;
  admin: { email: string; password: string | undefined; token: string | undefined };
  /** Holds `sha256/<hex>`; web writes it, the worker reads it. */
  artifactDir: string;
  uploadBytesMax: number;
  inspection: { deadlineMs: number; rssBytesMax: number; program: string };
  gatewayPort: number;
  /** Without a trailing slash. */
  publicUrl: string;
  /** Null: nobody is told of incidents. */
  webhook: Readonly<{ url: URL; secret: string; allowPrivate: boolean }> | null;
  trustProxy: boolean;
  migrationsDir: string;
  logLevel: string;
}>;

/**
 * Called once per process by its entry point; the result is passed down, never re-read.
 * Throws one Error that names every bad variable.
 */
export function loadConfig(source: Readonly<Record<string, string | undefined>>): Config {
  const parsed = envSchema.safeParse(filled(source));
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`The environment of this process is not usable:\n${lines.join("\n")}`);
  }
  const env = parsed.data;
  const root = resolve(/*turbopackIgnore: true*/ env.SLIPWAY_ROOT ?? process.cwd());
  const home = resolve(/*turbopackIgnore: true*/ root, env.SLIPWAY_HOME);
  const local = env.SLIPWAY_LOCAL_ENVIRONMENT ?? localEnvironmentSchema.parse({});
  return {
    databaseUrl: env.DATABASE_URL,
    databaseDirectUrl: env.DATABASE_DIRECT_URL ?? env.DATABASE_URL,
    prometheus:
      env.PROMETHEUS_URL === undefined
        ? undefined
        : { url: new URL(env.PROMETHEUS_URL), authorization: env.PROMETHEUS_AUTHORIZATION },
    kube: { kubeconfig: env.KUBECONFIG, context: env.SLIPWAY_KUBE_CONTEXT },
    clusterName: env.SLIPWAY_CLUSTER_NAME,
    localEnvironment: {
      ...local,
      gatewayUrl: local.gatewayUrl ?? env.SLIPWAY_GATEWAY_URL ?? `http://127.0.0.1:${env.SLIPWAY_GATEWAY_PORT}`,
      imagePrefix: local.imagePrefix ?? env.SLIPWAY_IMAGE_PREFIX,
    },
    home,
    secretKey: env.SLIPWAY_SECRET_KEY,
    secretKeyBefore: env.SLIPWAY_SECRET_KEY_BEFORE,
    admin: { email: env.SLIPWAY_ADMIN_EMAIL, password: env.SLIPWAY_ADMIN_PASSWORD, token: env.SLIPWAY_ADMIN_TOKEN },
    artifactDir: resolve(/*turbopackIgnore: true*/ root, env.SLIPWAY_ARTIFACT_DIR ?? join(home, "artifacts")),
    uploadBytesMax: env.SLIPWAY_UPLOAD_BYTES_MAX,
    inspection: {
      deadlineMs: env.SLIPWAY_INSPECT_DEADLINE_MS,
      rssBytesMax: env.SLIPWAY_INSPECT_RSS_BYTES_MAX,
      program: join(root, "serving/model-server/inspect.ts"),
    },
    gatewayPort: env.SLIPWAY_GATEWAY_PORT,
    publicUrl: (env.SLIPWAY_PUBLIC_URL ?? `http://127.0.0.1:${env.PORT}`).replace(/\/+$/, ""),
    webhook: webhookOf(env),
    trustProxy: env.SLIPWAY_TRUST_PROXY,
    migrationsDir: join(root, "prisma/migrations"),
    logLevel: env.SLIPWAY_LOG_LEVEL,
  };
}

/** Who receives a message must be able to tell that it is ours. */
function webhookOf(env: z.output<typeof envSchema>): Config["webhook"] {
  if (env.SLIPWAY_WEBHOOK_URL === undefined) return null;
  if (env.SLIPWAY_WEBHOOK_SECRET === undefined)
    throw new Error(
      "The environment of this process is not usable:\n  SLIPWAY_WEBHOOK_SECRET: needed beside SLIPWAY_WEBHOOK_URL",
    );
  return {
    url: new URL(env.SLIPWAY_WEBHOOK_URL),
    secret: env.SLIPWAY_WEBHOOK_SECRET,
    allowPrivate: env.SLIPWAY_WEBHOOK_ALLOW_PRIVATE,
  };
}
