import type { News } from "#domain/changes/schema.ts";

export type Changes = Pick<News, "changed" | "everything">;

/** A screen is renewed no more often than this, however much changes. */
const REST_MS = 1_000;
/** A question that hangs for so long holds up no other. */
const PATIENCE_MS = 10_000;

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Passes the first news on at once, and those that come before what it began is done, or within a second, together
 * after that: a hundred changes in a row would otherwise begin every question a hundred times and let none be answered.
 */
export function gatherNews(pass: (news: Changes) => Promise<unknown>) {
  let waiting: Changes | null = null;
  let isBusy = false;
  const passOn = async (): Promise<void> => {
    isBusy = true;
    while (waiting !== null) {
      const news = waiting;
      waiting = null;
      await Promise.all([after(REST_MS), Promise.race([pass(news), after(PATIENCE_MS)])]);
    }
    isBusy = false;
  };
  return {
    add({ changed, everything }: Changes): void {
      if (!everything && changed.length === 0) return;
      waiting = {
        changed: [...(waiting?.changed ?? []), ...changed],
        everything: everything || waiting?.everything === true,
      };
      if (!isBusy) void passOn();
    },
    /** What waits is not passed on any more. */
    stop(): void {
      waiting = null;
    },
  };
}
