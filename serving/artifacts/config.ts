export type Config = Readonly<{ host: string; port: number; folder: string; readToken: string; writeToken: string }>;

type Env = Readonly<Record<string, string | undefined>>;

/** Throws an Error that names the variable. */
export function loadConfig(env: Env): Config {
  const port = Number(env.PORT ?? 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT must be a port, not "${env.PORT}"`);
  return {
    host: env.POD_IP || "127.0.0.1",
    port,
    folder: required(env, "ARTIFACTS_DIR"),
    readToken: required(env, "READ_TOKEN"),
    writeToken: required(env, "WRITE_TOKEN"),
  };
}

function required(env: Env, name: string): string {
  const value = env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set`);
  return value;
}
