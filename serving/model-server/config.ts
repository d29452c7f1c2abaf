import { availableParallelism } from "node:os";
import path from "node:path";

export type Config = Readonly<{
  host: string;
  port: number;
  modelName: string;
  modelVersion: string;
  modelFile: string;
  threads: number;
  /** Requests that may wait for a thread. */
  queueMax: number;
  requestTimeoutMs: number;
  bodyBytesMax: number;
  /** How long after SIGTERM new connections are still taken, for callers that have not heard of it yet. */
  drainMs: number;
}>;

type Env = Readonly<Record<string, string | undefined>>;

/** Throws an Error that names the variable. */
export function loadConfig(env: Env): Config {
  return {
    host: env.POD_IP || "127.0.0.1",
    port: wholeNumber(env, "PORT", 8080, 0, 65_535),
    modelName: required(env, "MODEL_NAME"),
    modelVersion: env.MODEL_VERSION || "1",
    modelFile: path.join(required(env, "MODEL_DIR"), "model.onnx"),
    threads: wholeNumber(env, "WORKERS", Math.min(availableParallelism(), 64), 1, 64),
    queueMax: wholeNumber(env, "QUEUE_MAX", 128, 1, 100_000),
    requestTimeoutMs: wholeNumber(env, "REQUEST_TIMEOUT_MS", 30_000, 1, 3_600_000),
    bodyBytesMax: wholeNumber(env, "BODY_BYTES_MAX", 64 * 1024 * 1024, 1, 2 ** 31 - 1),
    drainMs: wholeNumber(env, "DRAIN_MS", 1_000, 0, 600_000),
  };
}

function required(env: Env, name: string): string {
  const value = env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set`);
  return value;
}

function wholeNumber(env: Env, name: string, fallback: number, least: number, most: number): number {
  const text = env[name];
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Error(`${name} must be a whole number from ${least} to ${most}, not "${text}"`);
  }
  return value;
}
