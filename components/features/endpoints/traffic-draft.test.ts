import { expect, test } from "vitest";
import {
  bpsOf,
  type DraftLine,
  entriesOf,
  isTouched,
  onTopOf,
  remainingPercent,
  sameEntries,
  takeRest,
} from "./traffic-draft.ts";

const line = (revision: number, percent: string, role: DraftLine["role"] = "live"): DraftLine => ({
  revision,
  model: "credit",
  version: String(revision),
  role,
  percent,
});

test("a share is a multiple of 0.01 between 0 and 100, with a point or a comma", () => {
  expect(["12.5", "0,01", "100", "0"].map(bpsOf)).toEqual([1250, 1, 10_000, 0]);
  expect(["", "x", "-1", "100.01", "0.001", "1e9"].map(bpsOf)).toEqual([null, null, null, null, null, null]);
});

test("only live shares count, exactly, and nothing may be saved before they are 100", () => {
  const lines = [line(1, "99.9"), line(2, "0.1"), line(3, "50", "shadow"), line(4, "0", "off")];
  expect(remainingPercent(lines)).toBe(0);
  expect(entriesOf(lines)).toEqual([
    { revision: 1, role: "live", weightPercent: 99.9 },
    { revision: 2, role: "live", weightPercent: 0.1 },
    { revision: 3, role: "shadow", weightPercent: 50 },
  ]);
  expect(entriesOf([line(1, "90")])).toBeNull();
  expect(remainingPercent([line(1, "90"), line(2, "?")])).toBeNull();
  expect(entriesOf([line(1, "100"), line(3, "?", "shadow")])).toBeNull();
});

test("a revision can take what the others leave", () => {
  expect(takeRest([line(1, "90"), line(2, "0", "off")], 2)[1]).toMatchObject({ role: "live", percent: "10" });
  expect(isTouched(takeRest([line(1, "90"), line(2, "0", "off")], 2), [line(1, "90"), line(2, "0", "off")])).toBe(true);
  expect(isTouched([line(1, "90")], [line(2, "0", "off"), line(1, "90")])).toBe(false);
  expect(takeRest([line(1, "33.33"), line(2, "33.33"), line(3, "1")], 3)[2]?.percent).toBe("33.34");
});

test("what is kept on top of somebody else's plan keeps its shares, and names every revision that theirs does", () => {
  const named = (revision: number) => ({ revision, model: "credit", version: String(revision) });
  const theirs = [
    { ...named(1), role: "live" as const, weightPercent: 60 },
    { ...named(3), role: "live" as const, weightPercent: 40 },
    { ...named(4), role: "shadow" as const, weightPercent: 5 },
  ] as Parameters<typeof onTopOf>[0];
  const revisions = [5, 4, 3, 2, 1].map(named) as unknown as Parameters<typeof onTopOf>[1];
  const kept = onTopOf(theirs, revisions, [line(1, "90"), line(2, "10")]);
  expect(kept).toEqual([line(1, "90"), line(2, "10"), line(3, "0"), line(4, "5", "shadow"), line(5, "0", "off")]);
  expect(remainingPercent(kept)).toBe(0);
});

test("the same shares in another order are no change, and another share or role is", () => {
  const now = [
    { revision: 1, role: "live", weightPercent: 90 },
    { revision: 2, role: "live", weightPercent: 10 },
  ];
  expect(sameEntries(now, now.toReversed())).toBe(true);
  expect(sameEntries(now, [{ revision: 1, role: "live", weightPercent: 100 }])).toBe(false);
  expect(sameEntries([{ revision: 1, role: "shadow", weightPercent: 90 }], now.slice(0, 1))).toBe(false);
});
