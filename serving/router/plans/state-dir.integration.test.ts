import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aPlan } from "#test/support/plan-wire.ts";
import { openStateDir } from "./state-dir.ts";

const older = aPlan({ 1: 100 }, { number: 1 });
const newer = aPlan({ 2: 100 }, { number: 2 });
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "slipway-state-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test("a plan that cannot be written leaves none to a restart, and is written when there is room again", async () => {
  const state = openStateDir(dir);
  await state.savePlan(older);
  // A folder in its way refuses the write for root too.
  const inTheWay = join(dir, "plan-iris.json.new");
  await mkdir(inTheWay);
  await expect(state.savePlan(newer)).rejects.toThrow();
  await state.settled();
  expect((await state.load()).plans).toEqual([]);
  await rm(inTheWay, { recursive: true });
  await state.settled();
  expect((await state.load()).plans).toEqual([newer]);
});

test("nothing may be acknowledged while a file stands that can be neither replaced nor removed", async () => {
  const state = openStateDir(dir);
  const immovable = join(dir, "plan-iris.json");
  await mkdir(join(immovable, "held"), { recursive: true });
  await expect(state.savePlan(newer)).rejects.toThrow();
  await expect(state.settled()).rejects.toThrow("neither replaced nor removed");
  await rm(immovable, { recursive: true });
  await state.settled();
  expect((await state.load()).plans).toEqual([newer]);
});

test("a plan saved while an older one was tried again is the one that stays", async () => {
  const state = openStateDir(dir);
  const inTheWay = join(dir, "plan-iris.json.new");
  await mkdir(inTheWay);
  await expect(state.savePlan(older)).rejects.toThrow();
  await rm(inTheWay, { recursive: true });
  await Promise.all([state.settled(), state.savePlan(newer)]);
  await state.settled();
  expect((await state.load()).plans).toEqual([newer]);
});
