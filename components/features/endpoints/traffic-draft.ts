import type { Endpoint, Plan } from "#components/endpoint/endpoint-ref.ts";
import { toBps, toPercent } from "#domain/endpoint/weights.ts";

/** One line of the sheet. The percent is what was typed, so that "12." can be on its way to "12.5". */
export type DraftLine = Readonly<{
  revision: number;
  model: string;
  version: string;
  role: "live" | "shadow" | "off";
  percent: string;
}>;

/** Those of the plan first, as they are now; then the other revisions, newest first, at nothing. */
export function draftOf(entries: Plan["entries"], revisions: Endpoint["revisions"]): DraftLine[] {
  const named = new Set(entries.map(({ revision }) => revision));
  return [
    ...entries.map(({ revision, model, version, role, weightPercent }) => ({
      revision,
      model,
      version,
      role,
      percent: String(weightPercent),
    })),
    ...revisions
      .filter(({ revision }) => !named.has(revision))
      .map(({ revision, model, version }) => ({ revision, model, version, role: "off" as const, percent: "0" })),
  ];
}

/** What was typed, on top of a plan that somebody else made meanwhile: what only they named stays named, without a share. */
export function onTopOf(
  plan: Plan["entries"],
  revisions: Endpoint["revisions"],
  typed: readonly DraftLine[],
): DraftLine[] {
  const named = new Set(typed.map(({ revision }) => revision));
  const theirs = draftOf(plan, revisions).filter(({ revision }) => !named.has(revision));
  // A shadow's share is no part of the 100 %.
  return [...typed, ...theirs.map((line) => (line.role === "live" ? { ...line, percent: "0" } : line))];
}

/** In hundredths of a percent; null when what was typed is no share. */
export function bpsOf(percent: string): number | null {
  const value = Number(percent.trim().replace(",", "."));
  if (percent.trim() === "" || !Number.isFinite(value) || value < 0 || value > 100) return null;
  const bps = toBps(value);
  return Math.abs(bps - value * 100) < 1e-6 ? bps : null;
}

/** What is missing to 100 % (negative: too much), null while a field holds no share. */
export function remainingPercent(lines: readonly DraftLine[]): number | null {
  const shares = lines.filter(({ role }) => role === "live").map(({ percent }) => bpsOf(percent));
  return shares.includes(null) ? null : toPercent(10_000 - shares.reduce((sum: number, bps) => sum + (bps ?? 0), 0));
}

/** The entries to save, or null while they are none that may be saved. */
export function entriesOf(lines: readonly DraftLine[]) {
  if (remainingPercent(lines) !== 0) return null;
  const entries = lines.flatMap(({ revision, role, percent }) => {
    const bps = bpsOf(percent);
    return role === "off" || bps === null ? [] : [{ revision, role, weightPercent: toPercent(bps) }];
  });
  return entries.length === lines.filter(({ role }) => role !== "off").length ? entries : null;
}

/** Whether a share or a role is another than at first, however it was set. */
export const isTouched = (lines: readonly DraftLine[], first: readonly DraftLine[]): boolean =>
  lines.some((line) => {
    const before = first.find(({ revision }) => revision === line.revision);
    return before?.role !== line.role || before.percent !== line.percent;
  });

/** Gives this line what the other live ones leave. */
export function takeRest(lines: readonly DraftLine[], revision: number): DraftLine[] {
  const others = lines.filter((line) => line.role === "live" && line.revision !== revision);
  const taken = others.reduce((sum, { percent }) => sum + (bpsOf(percent) ?? 0), 0);
  const rest = String(toPercent(Math.max(0, 10_000 - taken)));
  return lines.map((line) => (line.revision === revision ? { ...line, role: "live", percent: rest } : line));
}

type Share = Readonly<{ revision: number; role: string; weightPercent: number }>;

/** Whether both share traffic alike, in whatever order. */
export function sameEntries(some: readonly Share[], others: readonly Share[]): boolean {
  const marks = (entries: readonly Share[]) =>
    entries.map(({ revision, role, weightPercent }) => `${revision} ${role} ${weightPercent}`).sort();
  return marks(some).join() === marks(others).join();
}
