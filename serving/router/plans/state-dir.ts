import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type PlanWire, planWireSchema } from "#domain/traffic/wire.ts";
import type { RoutingState } from "./routing-table.ts";

const PLAN_PREFIX = "plan-";
const PODS_FILE = "pods.json";
const podsSchema = z.record(
  z.string(),
  z.array(z.object({ id: z.string(), host: z.string(), port: z.number().int() })),
);

/** What survives a restart of the router's container: a file per plan, and one of pod addresses. */
export type StateDir = {
  /** Unreadable files are left out. */
  load(): Promise<RoutingState>;
  savePlan(wire: PlanWire): Promise<void>;
  removePlan(endpoint: string): Promise<void>;
  savePods(pods: RoutingState["pods"]): Promise<void>;
  /**
   * Resolves once no file says less than what was asked for before: it says that, or nothing. Plans whose saving failed
   * are tried again first. Rejects with what the disk says while an older one still stands.
   */
  settled(): Promise<void>;
};

/** Writes happen in the order they were asked for; each replaces its file atomically. */
export function openStateDir(dir: string): StateDir {
  /** By endpoint; the last one asked for and not saved yet. */
  const unsaved = new Map<string, PlanWire>();
  let tail: Promise<void> = Promise.resolve();
  const inTurn = (job: () => Promise<void>) => {
    const turn = tail.then(job);
    tail = turn.catch(() => {});
    return turn;
  };
  const replace = (file: string, content: unknown) =>
    inTurn(async () => {
      await mkdir(dir, { recursive: true });
      const path = join(dir, file);
      try {
        await writeFile(`${path}.new`, JSON.stringify(content));
        await rename(`${path}.new`, path);
      } catch (error) {
        // No plan is better than one that a restart would take for the last.
        await rm(path, { force: true }).catch((failure: unknown) => {
          throw new OlderFileStands(`${path} can be neither replaced nor removed`, { cause: failure });
        });
        throw error;
      }
    });
  const savePlan = async (wire: PlanWire) => {
    unsaved.set(wire.endpoint, wire);
    await replace(planFile(wire.endpoint), wire);
    if (unsaved.get(wire.endpoint) === wire) unsaved.delete(wire.endpoint);
  };
  return {
    load: () => loadState(dir),
    savePlan,
    removePlan(endpoint) {
      unsaved.delete(endpoint);
      return inTurn(() => rm(join(dir, planFile(endpoint)), { force: true }));
    },
    savePods: (pods) => replace(PODS_FILE, pods),
    async settled() {
      await tail;
      const again = await Promise.allSettled([...unsaved.values()].map(savePlan));
      for (const attempt of again)
        if (attempt.status === "rejected" && attempt.reason instanceof OlderFileStands) throw attempt.reason;
    },
  };
}

class OlderFileStands extends Error {
  override readonly name = "OlderFileStands";
}

const planFile = (endpoint: string) => `${PLAN_PREFIX}${endpoint}.json`;

async function loadState(dir: string): Promise<RoutingState> {
  const files = await readdir(dir).catch(() => []);
  const planFiles = files.filter((file) => file.startsWith(PLAN_PREFIX) && file.endsWith(".json"));
  const plans = await Promise.all(planFiles.map((file) => readJson(join(dir, file), planWireSchema)));
  const pods = (await readJson(join(dir, PODS_FILE), podsSchema)) ?? {};
  return { plans: plans.filter((plan) => plan !== undefined), pods };
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined;
  }
}
