import { BUCKETS, type PlanWire, type PlanWireEntry, planWireSchema } from "#domain/traffic/wire.ts";

/** Live entries by their share in percent, from bucket 0 up; their services are `<endpoint>-r<revision>`. */
export function aPlan(shares: Readonly<Record<number, number>>, over: Partial<PlanWire> = {}): PlanWire {
  const endpoint = over.endpoint ?? "iris";
  let from = 0;
  const entries = Object.entries(shares).map(([revision, percent]): PlanWireEntry => {
    const to = from + (percent * BUCKETS) / 100;
    const ranges: [number, number][] = percent === 0 ? [] : [[from, to]];
    from = to;
    return { ...anEntry(endpoint, Number(revision)), ranges };
  });
  return planWireSchema.parse({
    schema: 1,
    environment: "local",
    endpoint,
    endpointUid: `uid-${endpoint}`,
    number: 1,
    decidedAt: "2026-11-01T00:00:00.000Z",
    deleted: false,
    salt: "salt",
    onUnavailable: "fallback",
    timeoutMs: 5_000,
    bodyBytesMax: 4 * 1024 * 1024,
    entries,
    ...over,
  });
}

/** A live entry without a share, of version v<revision>. */
export const anEntry = (endpoint: string, revision: number): PlanWireEntry => ({
  revision,
  model: "iris",
  version: String(revision),
  role: "live",
  ranges: [],
  shadowBps: 0,
  service: `${endpoint}-r${revision}`,
});

export const aShadow = (endpoint: string, revision: number, shadowBps: number): PlanWireEntry => ({
  ...anEntry(endpoint, revision),
  role: "shadow",
  shadowBps,
});
