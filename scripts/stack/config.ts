import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { adminPasswordSchema, adminTokenSchema, prometheusVariables } from "#server/config/env.ts";
import type { PortWish } from "./ports.ts";
import type { Env } from "./process.ts";

const port = z.coerce.number().int().min(1).max(65_535);

const schema = z.object({
  PORT: port.optional(),
  SLIPWAY_GATEWAY_PORT: port.optional(),
  SLIPWAY_KUBE_PORT: port.optional(),
  SLIPWAY_PROMETHEUS_PORT: port.optional(),
  // Not the address of one interface: what starts them asks on loopback whether they are up.
  SLIPWAY_HOST: z.enum(["127.0.0.1", "0.0.0.0"], "is 127.0.0.1 or, for every interface, 0.0.0.0").default("127.0.0.1"),
  SLIPWAY_HOME: z.string().default(".slipway"),
  SLIPWAY_SECRET_KEY: z.string().min(16, "needs at least 16 characters").optional(),
  SLIPWAY_ADMIN_EMAIL: z.email().default("admin@slipway.local"),
  SLIPWAY_ADMIN_PASSWORD: adminPasswordSchema.optional(),
  SLIPWAY_ADMIN_TOKEN: adminTokenSchema.optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATABASE_DIRECT_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  KUBECONFIG: z
    .string()
    .refine((path) => existsSync(path), "there is no such file; unset it to use the local cluster")
    .optional(),
  ...prometheusVariables,
  SLIPWAY_LOCAL_ENVIRONMENT: z.string().optional(),
});

export type StackConfig = Readonly<{
  /** The checkout. */
  root: string;
  /** State of this installation, absolute. */
  home: string;
  /** Where web and the gateway listen; everything else is on loopback. */
  host: string;
  ports: { web: PortWish; gateway: PortWish; kube: PortWish; prometheus: PortWish };
  secretKey: string | undefined;
  admin: { email: string; password: string | undefined };
  /** Defined: use that one, start none. */
  databaseUrl: string | undefined;
  /** The same one past a pooler, for the migrations' lock. */
  databaseDirectUrl: string | undefined;
  kubeconfig: string | undefined;
  prometheusUrl: string | undefined;
  /** Namespace of the environment that web seeds in the local cluster. */
  localNamespace: string;
  /** What web and worker get besides what the stack adds. */
  inherited: Env;
}>;

/** Throws one Error that names every bad variable. An empty variable means unset. */
export function loadStackConfig(source: Env, root: string): StackConfig {
  const filled = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(filled);
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
  }
  const env = parsed.data;
  const wish = (variable: PortVariable, usual: number): PortWish => {
    const asked = env[variable];
    return { variable, port: asked ?? usual, explicit: asked !== undefined };
  };
  return {
    root,
    home: resolve(root, env.SLIPWAY_HOME.replace(/^~(?=\/|$)/, homedir())),
    host: env.SLIPWAY_HOST,
    ports: {
      web: wish("PORT", 3000),
      gateway: wish("SLIPWAY_GATEWAY_PORT", 8088),
      kube: wish("SLIPWAY_KUBE_PORT", 16443),
      prometheus: wish("SLIPWAY_PROMETHEUS_PORT", 9091),
    },
    secretKey: env.SLIPWAY_SECRET_KEY,
    admin: { email: env.SLIPWAY_ADMIN_EMAIL, password: env.SLIPWAY_ADMIN_PASSWORD },
    databaseUrl: env.DATABASE_URL,
    databaseDirectUrl: env.DATABASE_DIRECT_URL,
    kubeconfig: env.KUBECONFIG === undefined ? undefined : resolve(env.KUBECONFIG),
    prometheusUrl: env.PROMETHEUS_URL,
    localNamespace: namespaceOf(env.SLIPWAY_LOCAL_ENVIRONMENT),
    inherited: filled,
  };
}

type PortVariable = "PORT" | "SLIPWAY_GATEWAY_PORT" | "SLIPWAY_KUBE_PORT" | "SLIPWAY_PROMETHEUS_PORT";

// The rest of that JSON is web's (server/config/env.ts), which refuses what is wrong in it.
function namespaceOf(json: string | undefined): string {
  if (json === undefined) return "slipway-local";
  const parsed = z.object({ namespace: z.string().default("slipway-local") }).safeParse(tryJson(json));
  if (!parsed.success) throw new Error("SLIPWAY_LOCAL_ENVIRONMENT: is not a JSON object with a namespace");
  return parsed.data.namespace;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Variables by which the processes of the last run reached each other; mode 0600. */
export const connectionsFileOf = (home: string) => join(home, "connections.json");

export const logFileOf = (home: string, name: string) => join(home, "logs", `${name}.log`);
