import { Pool } from "undici";

/** One request as the caller saw it; times in milliseconds of `performance.now()`. */
export type Shot = {
  beganMs: number;
  endedMs: number;
  /** HTTP status; 0 when the connection failed. */
  status: number;
  revision: number;
  plan: number;
  fallback: string | undefined;
  body: string;
  unit: string;
};

export type Gateway = { url: string; endpoint: string; body: string };

/** Sends one prediction; a failed connection is a Shot with status 0, never an exception. */
export async function shoot(
  pool: Pool,
  gateway: Gateway,
  unit: string,
  headers: Record<string, string> = {},
): Promise<Shot> {
  const beganMs = performance.now();
  try {
    const answer = await pool.request({
      method: "POST",
      path: `/${gateway.endpoint}/v2/models/${gateway.endpoint}/infer`,
      headers: { "content-type": "application/json", ...(unit === "" ? {} : { "x-unit-id": unit }), ...headers },
      body: gateway.body,
      headersTimeout: 30_000,
      bodyTimeout: 30_000,
    });
    const body = await answer.body.text();
    return {
      beganMs,
      endedMs: performance.now(),
      status: answer.statusCode,
      revision: Number(answer.headers["x-slipway-revision"] ?? 0),
      plan: Number(answer.headers["x-slipway-plan"] ?? 0),
      fallback: answer.headers["x-slipway-fallback"] as string | undefined,
      body,
      unit,
    };
  } catch (error) {
    return {
      beganMs,
      endedMs: performance.now(),
      status: 0,
      revision: 0,
      plan: 0,
      fallback: undefined,
      body: String(error),
      unit,
    };
  }
}

export const connectGateway = (gateway: Gateway, connections = 32) =>
  new Pool(gateway.url, { connections, pipelining: 1 });

/** Every unit of `units` asks `perUnit` times, `connections` at a time. */
export async function shootAll(gateway: Gateway, units: readonly string[], perUnit = 1): Promise<Shot[]> {
  const pool = connectGateway(gateway);
  const left = units.flatMap((unit) => Array.from({ length: perUnit }, () => unit));
  const shots: Shot[] = [];
  const gunner = async () => {
    for (let unit = left.pop(); unit !== undefined; unit = left.pop()) shots.push(await shoot(pool, gateway, unit));
  };
  await Promise.all(Array.from({ length: 32 }, gunner));
  await pool.close();
  return shots;
}

/**
 * Open-loop load at a steady rate: requests begin on schedule whether or not earlier ones were answered, so a stall shows.
 * `stop()` waits for the last answers and gives every shot in the order they began.
 */
export function steadyLoad(gateway: Gateway, requestsPerSecond: number, units: readonly string[]) {
  const pool = connectGateway(gateway, 128);
  const shots: Promise<Shot>[] = [];
  const beganMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - beganMs) * requestsPerSecond) / 1_000);
    for (; sent < due; sent += 1) shots.push(shoot(pool, gateway, units[sent % units.length] ?? ""));
  }, 1);
  return {
    sent: () => sent,
    async stop(): Promise<Shot[]> {
      clearInterval(timer);
      const done = await Promise.all(shots);
      await pool.close();
      return done;
    },
  };
}

export const unitsNamed = (count: number) => Array.from({ length: count }, (_, index) => `user-${index}`);

/** Quantile by nearest rank, `q` in 0…1. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}
