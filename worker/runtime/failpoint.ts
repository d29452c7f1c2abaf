/**
 * Steps at which a test may kill the worker: `SLIPWAY_FAILPOINT=<name>` ends the process with SIGKILL the first time
 * it gets there. Unset, as in production, nothing happens.
 */
export const FAILPOINTS = [
  // deploy
  "before-plan-zero",
  "after-plan-zero",
  "before-artifact-upload",
  "after-artifact-upload",
  "before-revision-objects",
  "between-revision-objects",
  "after-revision-objects",
  // any change of traffic, a rollback too
  "before-publish",
  "after-publish",
  "before-report",
  "after-report",
  "before-applied",
  "after-applied",
  "before-scale-down",
  "after-scale-down",
  // delete
  "before-purge",
  "after-purge",
  "before-purged",
  "after-purged",
] as const;
export type Failpoint = (typeof FAILPOINTS)[number];
export type HitFailpoint = (name: Failpoint) => void;

/** Throws an Error for a name that is not in the list: a test that kills nothing must not pass. */
export function armFailpoint(armed: string | undefined, kill: () => void): HitFailpoint {
  if (armed === undefined || armed === "") return () => undefined;
  if (!FAILPOINTS.some((name) => name === armed)) throw new Error(`SLIPWAY_FAILPOINT: there is no "${armed}"`);
  return (name) => {
    if (name === armed) kill();
  };
}
