import { bucketOf } from "#domain/traffic/bucket.ts";
import { BUCKETS } from "#domain/traffic/wire.ts";
import type { Entry, Plan } from "../plans/compile.ts";

/** Where a request wants to go: the endpoint, and the path its pods see. */
export type Target = { endpoint: string; path: string; version: string | undefined };

/** Dot segments, also encoded, and backslashes: a pod that resolves them would be asked for something else. */
const EVASIVE = /^[^?]*(?:\/(?:\.|%2e){1,2}(?:[/?#]|$)|\\|%5c)/i;
const VERSION = /^\/v2\/models\/[^/?]+\/versions\/([^/?]+)/;

/** `/{endpoint}/v2…` without its first segment; undefined for any other path. */
export function parseTarget(url: string): Target | undefined {
  const slash = url.indexOf("/", 1);
  if (slash < 0 || url.charCodeAt(0) !== 47) return undefined;
  const path = url.slice(slash);
  if (!path.startsWith("/v2")) return undefined;
  const next = path.charCodeAt(3);
  if (!(Number.isNaN(next) || next === 47 || next === 63)) return undefined;
  if ((path.includes(".") || path.includes("%") || path.includes("\\")) && EVASIVE.test(path)) return undefined;
  const version = path.includes("/versions/") ? VERSION.exec(path)?.[1] : undefined;
  return { endpoint: url.slice(1, slash), path, version };
}

export type Wish = {
  /** `x-slipway-revision`, as sent. */
  revision: string | undefined;
  version: string | undefined;
  /** `x-unit-id`; undefined or empty: any bucket. */
  unit: string | undefined;
};

/** `intended` is whom the answer counts for; `entry` is who answers: another one only for role `fallback`. */
export type Choice =
  | { kind: "chosen"; entry: Entry; intended: Entry; role: "live" | "forced" | "fallback" }
  | { kind: "no_pods"; intended: Entry | undefined; role: "live" | "forced" }
  | { kind: "not_in_plan" };

/** `random` is in [0, 1). */
export function choose(plan: Plan, wish: Wish, nowMs: number, random: () => number): Choice {
  if (wish.revision !== undefined || wish.version !== undefined) return chooseForced(plan, wish, nowMs, random);
  const intended = plan.entries[plan.table[bucketFor(plan, wish.unit, random)] ?? -1];
  if (intended === undefined) return { kind: "no_pods", intended, role: "live" };
  if (intended.pods.usable(nowMs)) return { kind: "chosen", entry: intended, intended, role: "live" };
  const fallback = fallbackFor(plan, intended, nowMs);
  if (fallback !== undefined) return { kind: "chosen", entry: fallback, intended, role: "fallback" };
  // Every pod was set aside and nobody else can answer: trying beats refusing.
  if (intended.pods.size > 0) return { kind: "chosen", entry: intended, intended, role: "live" };
  return { kind: "no_pods", intended, role: "live" };
}

/** The entry with the largest share among those that can answer, unless the plan says that a failure stays one. */
export function fallbackFor(plan: Plan, intended: Entry, nowMs: number): Entry | undefined {
  if (plan.wire.onUnavailable === "fail") return undefined;
  return plan.fallbacks.find((entry) => entry !== intended && entry.pods.usable(nowMs));
}

function chooseForced(plan: Plan, wish: Wish, nowMs: number, random: () => number): Choice {
  const candidates = plan.entries.filter((entry) =>
    wish.revision === undefined ? entry.version === wish.version : entry.revisionText === wish.revision,
  );
  const owner = plan.entries[plan.table[bucketFor(plan, wish.unit, random)] ?? -1];
  const byPreference = [...candidates].sort(
    (a, b) => Number(b === owner) - Number(a === owner) || b.share - a.share || b.revision - a.revision,
  );
  const entry = byPreference.find((one) => one.pods.usable(nowMs)) ?? byPreference[0];
  if (entry === undefined) return { kind: "not_in_plan" };
  if (entry.pods.size === 0) return { kind: "no_pods", intended: entry, role: "forced" };
  return { kind: "chosen", entry, intended: entry, role: "forced" };
}

function bucketFor(plan: Plan, unit: string | undefined, random: () => number): number {
  return unit ? bucketOf(plan.wire.salt, unit) : Math.floor(random() * BUCKETS);
}
