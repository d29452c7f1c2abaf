export type Config = Readonly<{ url: URL; hex: string; token: string; targetDir: string }>;

type Env = Readonly<Record<string, string | undefined>>;

/** Throws an Error that names the variable. */
export function loadConfig(env: Env): Config {
  const digest = required(env, "ARTIFACT_DIGEST");
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
  if (hex === undefined) throw new Error(`ARTIFACT_DIGEST must be sha256: and 64 hexadecimal digits, not "${digest}"`);
  const base = required(env, "ARTIFACT_BASE_URL").replace(/\/+$/, "");
  return {
    url: new URL(`${base}/sha256/${hex}`),
    hex,
    token: required(env, "ARTIFACT_TOKEN"),
    targetDir: required(env, "TARGET_DIR"),
  };
}

function required(env: Env, name: string): string {
  const value = env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set`);
  return value;
}
