import { UNKNOWN_VALUE } from "#components/ui/quantity-words.ts";

/** "0.25", of CPU cores. */
export const coreWords = (cores: number | null): string =>
  cores === null ? UNKNOWN_VALUE : String(Number(cores.toPrecision(2)));

/** The newest value that is known, of the last `within` ones: older ones say nothing about now. */
export const latestOf = (series: readonly (number | null)[] | null | undefined, within = 6): number | null =>
  series?.slice(-within).findLast((value) => value !== null) ?? null;

const SINCE = / since (\d{4}-\d\d-\d\dT[\d:.]+Z)/;

/** A sentence of the server's without its "since <moment>", which is told by the reader's clock beside it. */
export const withoutSince = (sentence: string): string => sentence.replace(SINCE, "");
/** That moment in milliseconds since 1970; null: the sentence names none. */
export function sinceOf(sentence: string): number | null {
  const moment = SINCE.exec(sentence)?.[1];
  return moment === undefined ? null : Date.parse(moment);
}
