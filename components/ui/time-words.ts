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
  return `UTC${minutes < 0 ? "-" : "+"}${String(hours).padStart(2, "0")}:${String(rest).padStart(2, "0")}`;
}

/** "02:51" today, "3 May 02:51" this year, else with the year; the reader's time zone. */
export function clockWords(at: Date, now: Date): string {
  const time = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (at.toDateString() === now.toDateString()) return time;
  const year = at.getFullYear() === now.getFullYear() ? {} : { year: "numeric" as const };
  return `${at.toLocaleDateString("en-GB", { day: "numeric", month: "short", ...year })} ${time}`;
}
