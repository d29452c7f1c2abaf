import type { FieldError } from "#domain/shared/errors.ts";
import type { TrafficEntry } from "./schema.ts";

const WHOLE_BPS = 10_000;

/** Weights are counted in hundredths of a percent: sums of percents as floating point are not exact. */
export const toBps = (weightPercent: number): number => Math.round(weightPercent * 100);
export const toPercent = (weightBps: number): number => weightBps / 100;

/** What is wrong with a wanted plan, by field; empty when it may be stored. */
export function checkEntries(entries: readonly TrafficEntry[], existing: ReadonlySet<number>): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<number>();
  entries.forEach((entry, index) => {
    const path = `entries.${index}.revision`;
    if (seen.has(entry.revision)) errors.push({ path, message: `revision ${entry.revision} is named twice` });
    if (!existing.has(entry.revision))
      errors.push({ path, message: `this endpoint has no revision ${entry.revision}` });
    seen.add(entry.revision);
  });
  const sumBps = entries.filter((e) => e.role === "live").reduce((sum, e) => sum + toBps(e.weightPercent), 0);
  if (sumBps !== WHOLE_BPS)
    errors.push({ path: "entries", message: `the live weights sum to ${toPercent(sumBps)} %, not to 100 %` });
  return errors;
}
