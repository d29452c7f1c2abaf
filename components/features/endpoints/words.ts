import { ratioWords, UNKNOWN_VALUE } from "#components/ui/quantity-words.ts";

/** "0.25", of CPU cores. */
export const coreWords = (cores: number | null): string =>
  cores === null ? UNKNOWN_VALUE : String(Number(cores.toPrecision(2)));

/** The newest value that is known, of the last `within` ones: older ones say nothing about now. */
export const latestOf = (series: readonly (number | null)[] | null | undefined, within = 6): number | null =>
  series?.slice(-within).findLast((value) => value !== null) ?? null;

/** What stands after a revision's errors where it refuses at least this much. */
const REFUSED_TOLD_MIN = 0.01;

/** " · 100 % refused", or nothing where hardly anything is. */
export const refusedWords = (ratio: number | null): string =>
  ratio === null || ratio < REFUSED_TOLD_MIN ? "" : ` · ${ratioWords(ratio)} refused`;
