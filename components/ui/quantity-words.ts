const short = (value: number): string => String(Number(value.toPrecision(value >= 1_000 ? 4 : value >= 100 ? 3 : 2)));

/** What is said where nobody knows: never a zero. */
export const UNKNOWN_VALUE = "–";

/** "12/s", "0.25/s", "12.5k/s". */
export function rateWords(perSecond: number | null): string {
  if (perSecond === null) return UNKNOWN_VALUE;
  if (perSecond < 10_000) return `${short(perSecond)}/s`;
  return perSecond < 1e6
    ? `${Number((perSecond / 1e3).toPrecision(3))}k/s`
    : `${Number((perSecond / 1e6).toPrecision(3))}M/s`;
}

/** A ratio from 0 to 1 as "4.1 %". */
export const ratioWords = (ratio: number | null): string =>
  ratio === null ? UNKNOWN_VALUE : `${short(ratio * 100)} %`;

/** "41 ms", "1.2 s". */
export function latencyWords(ms: number | null): string {
  if (ms === null) return UNKNOWN_VALUE;
  return ms < 1_000 ? `${short(ms)} ms` : `${short(ms / 1_000)} s`;
}

/** "340 B", "1.2 MiB". */
export function bytesWords(bytes: number | null): string {
  if (bytes === null) return UNKNOWN_VALUE;
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  return `${short(bytes / 1024 ** power)} ${units[power] ?? ""}`;
}
