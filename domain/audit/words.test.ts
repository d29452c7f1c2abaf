import { expect, test } from "vitest";
import { actionWords, differences } from "./words.ts";

test("only what differs is told, with what was and what is", () => {
  expect(differences({ role: "viewer", name: "Ada" }, { role: "operator", name: "Ada" })).toEqual([
    { field: "role", before: "viewer", after: "operator" },
  ]);
});

test("what was not there before, or is not there after, has no value and no zero", () => {
  expect(differences(null, { entries: [1] })).toEqual([{ field: "entries", before: null, after: "[1]" }]);
  expect(differences({ plan: null }, undefined)).toEqual([{ field: "plan", before: "null", after: null }]);
  expect(differences(null, null)).toEqual([]);
});

test("shares of a plan are told by revision, and nothing else is taken for them", () => {
  const [first, next] = [{ "1": "100 %" }, { "1": "99.5 %", "2": "0.5 %", "3": "shadow 10 %" }];
  expect(differences({ plan: 1, entries: first }, { plan: 2, entries: next })).toEqual([
    { field: "plan", before: "1", after: "2" },
    { field: "entries", before: "r1 100 %", after: "r1 99.5 %, r2 0.5 %, r3 shadow 10 %" },
  ]);
  expect(differences(null, { entries: {}, ports: { "80": 8080 } }).map(({ after }) => after)).toEqual([
    "{}",
    '{"80":8080}',
  ]);
});

test("a verb without words of its own is still told", () => {
  const words = (action: string) => actionWords({ action, before: null, after: { version: "1" } });
  expect(words("endpoint.rollback")).toEqual({ verb: "rolled back", more: "" });
  expect(words("moon.land")).toEqual({ verb: "moon.land", more: "" });
});

test("of an alias is told which, and whether it was set, moved or removed", () => {
  const [one, two] = ["1", "2"].map((version) => ({ alias: "champion", version }));
  const words = (action: string, before: unknown, after: unknown) => {
    const { verb, more } = actionWords({ action, before, after });
    return `${verb} m ${more}`.trim();
  };
  const none = { alias: "champion", version: null };
  expect(words("model.putAlias", none, one)).toBe("set alias champion of m to v1");
  expect(words("model.putAlias", one, two)).toBe("moved alias champion of m from v1 to v2");
  expect(words("model.deleteAlias", two, null)).toBe("removed alias champion of m from v2");
});
