import { latencyWords } from "#components/ui/quantity-words.ts";
import { dayWords, minuteWords } from "#components/ui/time-words.ts";
import type { Among } from "#domain/shared/version-label.ts";
import type { RollbackPreview } from "./endpoint-ref.ts";
import { revisionsWords, versionsWords } from "./plan-words.ts";

type Target = NonNullable<RollbackPreview["target"]>;

/** "3–9 May", "3 May 10:20–11:05": when a plan was live, by the reader's clock. */
export function liveWords(from: string | null, to: string | null): string {
  if (from === null) return "never live";
  const [begin, end] = [new Date(from), to === null ? new Date() : new Date(to)];
  if (begin.toDateString() === end.toDateString()) {
    const [first, last] = [minuteWords(begin), minuteWords(end)];
    return `live ${dayWords(begin)} ${first === last ? first : `${first}–${last}`}`;
  }
  return begin.getMonth() === end.getMonth() && begin.getFullYear() === end.getFullYear()
    ? `live ${begin.getDate()}–${dayWords(end)}`
    : `live ${dayWords(begin)}–${dayWords(end)}`;
}

/** "v7 · r4, live 3–9 May, p95 41 ms, warm, about 1 s" */
export function targetWords(target: Target, leaves: RollbackPreview["leaves"], among: Among): string {
  const { waitSeconds } = target;
  const wait = waitSeconds === null ? "its pods do not start" : `about ${Math.max(1, Math.round(waitSeconds))} s`;
  const facts = [
    revisionsWords(target.entries, among),
    liveWords(target.liveFrom, target.liveTo),
    ...(target.latencyMsP95 === null ? [] : [`p95 ${latencyWords(target.latencyMsP95)}`]),
    target.warm ? `warm, ${wait}` : `cold, ${wait}`,
  ];
  const until =
    target.warm || leaves === null ? "" : `: until then ${versionsWords(leaves.entries, among)} keeps answering`;
  return `${facts.join(", ")}${until}`;
}
