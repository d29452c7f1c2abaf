const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** "42 s", "3 min", "5 h", "12 d": one unit, rounded down. */
export function durationWords(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.floor(ms / DAY_MS)} d`;
}

/** "just now", "3 min ago". */
export const agoWords = (at: Date, now: Date): string => {
  const ms = now.getTime() - at.getTime();
  return ms < 5 * SECOND_MS ? "just now" : `${durationWords(ms)} ago`;
};

/** "your clock, UTC+02:00 (Europe/Berlin)": how the reader's times are to be read around that moment. */
export function zoneWords(at: Date): string {
  const zone = new Intl.DateTimeFormat("en-GB").resolvedOptions().timeZone;
  return `your clock, ${offsetWords(-at.getTimezoneOffset())}${zone === "UTC" ? "" : ` (${zone})`}`;
}

/** "UTC+05:30"; minutes east of Greenwich. */
export function offsetWords(minutes: number): string {
  if (minutes === 0) return "UTC";
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? "-" : "+"}${two(hours)}:${two(rest)}`;
}

// Made once: a new one for each of some hundred times on a page is what drawing it would wait for.
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const DAY_OF_YEAR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const EXACT = new Intl.DateTimeFormat("en-GB", { dateStyle: "short", timeStyle: "medium" });

const two = (value: number): string => String(value).padStart(2, "0");

/** "3 May"; the reader's time zone, as all below. */
export const dayWords = (at: Date): string => DAY.format(at);

/** "02:51" */
export const minuteWords = (at: Date): string => `${two(at.getHours())}:${two(at.getMinutes())}`;

/** "02:51:09" */
export const secondWords = (at: Date): string => `${minuteWords(at)}:${two(at.getSeconds())}`;

/** "03/05/2026, 02:51:09" */
export const exactWords = (at: Date): string => EXACT.format(at);

/** "02:51" today, "3 May 02:51" this year, else with the year. */
export function clockWords(at: Date, now: Date): string {
  if (at.toDateString() === now.toDateString()) return minuteWords(at);
  const day = at.getFullYear() === now.getFullYear() ? dayWords(at) : DAY_OF_YEAR.format(at);
  return `${day} ${minuteWords(at)}`;
}
