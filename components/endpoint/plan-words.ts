import { type Among, distinctLabels, revisionLabel, versionLabel } from "#domain/shared/version-label.ts";
import type { PlanView } from "#domain/shared/views.ts";

type Entry = PlanView["entries"][number];

export const answering = (entries: readonly Entry[]): Entry[] =>
  entries.filter(({ role, weightPercent }) => role === "live" && weightPercent > 0);

/** "v7", or "v7 90 % · v8 10 %" when several answer. `among`: what else the screen tells of. */
export function versionsWords(entries: readonly Entry[], among: Among = entries): string {
  const live = answering(entries).toSorted((a, b) => b.weightPercent - a.weightPercent);
  const [only] = live;
  if (only === undefined) return "nothing";
  if (live.length === 1) return versionLabel(only, among);
  const names = distinctLabels(live, among);
  return live.map((one, index) => `${names[index]} ${Number(one.weightPercent.toFixed(2))} %`).join(" · ");
}

/** "v7 · r4" for one revision, else as `versionsWords`. */
export function revisionsWords(entries: readonly Entry[], among: Among = entries): string {
  const [only, ...others] = answering(entries);
  return only !== undefined && others.length === 0 ? revisionLabel(only, among) : versionsWords(entries, among);
}

/** What a change did, as its line in the ledger begins. */
export function changeWords(plan: Pick<PlanView, "kind" | "repeatsPlan" | "entries">): string {
  switch (plan.kind) {
    case "revision":
      return "Deployed";
    case "traffic":
      return "Changed traffic";
    case "rollback":
      return plan.repeatsPlan === null ? "Rolled back" : `Rolled back to #${plan.repeatsPlan}`;
    case "delete":
      return "Deleted";
  }
}

/** Live shares for a traffic bar, in plan order. */
export const sharesOf = (entries: readonly Entry[]) => entries.filter(({ role }) => role === "live");
