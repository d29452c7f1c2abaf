import { expect, test } from "vitest";
import { type Pod, PodSet } from "./pod-set.ts";

const address = (id: string) => ({ id, host: "127.0.0.1", port: 8080 });
const aSet = (...ids: string[]) => {
  const set = new PodSet();
  set.replace(ids.map(address));
  return set;
};
const idOf = (pod: Pod | undefined) => pod?.address.id;

test("the pod with the fewest outstanding is picked, in turn among equals", () => {
  const set = aSet("a", "b", "c");
  expect(new Set([1, 2, 3].map(() => idOf(set.pick(0))))).toEqual(new Set(["a", "b", "c"]));
  const busy = set.pick(0);
  if (busy !== undefined) busy.outstanding = 1;
  for (let i = 0; i < 9; i++) expect(set.pick(0)).not.toBe(busy);
});

test("a pod that stays keeps its record, one that goes is forgotten, a successor at its address starts anew", () => {
  const set = aSet("a", "b");
  for (const pod of [set.pick(0), set.pick(0)]) pod?.unreachable(0);
  expect(set.usable(0)).toBe(false);
  set.replace([address("a")]);
  expect(set.usable(0)).toBe(false);
  set.replace([address("a2")]);
  expect(set.usable(0)).toBe(true);
});

test("an unreachable pod is set aside, for longer each time, and comes back", () => {
  const set = aSet("a", "b");
  const bad = set.pick(0);
  bad?.unreachable(0);
  for (let i = 0; i < 4; i++) expect(set.pick(999)).not.toBe(bad);
  expect([set.pick(1_000), set.pick(1_000)]).toContain(bad);
  bad?.unreachable(1_000);
  expect(bad?.ejectedUntilMs).toBe(3_000);
  bad?.succeeded();
  bad?.unreachable(5_000);
  expect(bad?.ejectedUntilMs).toBe(6_000);
});

test("when all are set aside the one due back first is tried, rather than none", () => {
  const set = aSet("a", "b");
  const [first, second] = [set.pick(0), set.pick(0)];
  second?.unreachable(0);
  first?.unreachable(500);
  expect(set.usable(600)).toBe(false);
  expect(set.pick(600)).toBe(second);
});

test("a second attempt avoids the pod that failed, unless the others are worse", () => {
  const set = aSet("a", "b");
  const failed = set.pick(0);
  for (let i = 0; i < 4; i++) expect(set.pick(0, failed)).not.toBe(failed);
  set.pick(0, failed)?.unreachable(0);
  expect(set.pick(1, failed)).toBe(failed);
  expect(idOf(aSet("a").pick(0, failed))).toBe("a");
  const alone = aSet("a");
  const only = alone.pick(0);
  expect(alone.pick(0, only)).toBe(only);
});

test("bad answers in a row set a pod aside, but never more than half of them", () => {
  const set = aSet("a", "b", "c", "d");
  const pods = new Set(Array.from({ length: 8 }, () => set.pick(0)));
  for (const pod of pods) for (let i = 0; i < 5; i++) if (pod !== undefined) set.reportFailure(pod, 0);
  expect([...pods].filter((pod) => (pod?.ejectedUntilMs ?? 0) > 0)).toHaveLength(2);
});

test("one good answer in between clears the count", () => {
  const set = aSet("a", "b");
  const pod = set.pick(0);
  for (let i = 0; i < 20; i++) {
    if (pod !== undefined) set.reportFailure(pod, 0);
    if (i % 4 === 3) pod?.succeeded();
  }
  expect(pod?.ejectedUntilMs).toBe(0);
});
