import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { recall, stop } from "./processes.ts";

const GRACE_MS = 2000;

const subfolders = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];

const discard = async (folder: string): Promise<void> => {
  const runs = subfolders(join(folder, "containers")).flatMap(subfolders);
  await Promise.all(
    runs.map(async (run) => {
      const past = recall(run);
      if (past.kind === "running") await stop(past.run, GRACE_MS);
    }),
  );
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
};

/** Ends programs of pods that were deleted while no kubelet looked, and removes their folders. */
export const clearLeftovers = async (podsDir: string, uids: ReadonlySet<string>): Promise<void> => {
  const gone = existsSync(podsDir) ? readdirSync(podsDir).filter((uid) => !uids.has(uid)) : [];
  await Promise.all(gone.map((uid) => discard(join(podsDir, uid))));
};
