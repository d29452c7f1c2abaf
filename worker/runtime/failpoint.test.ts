import { expect, test } from "vitest";
import { armFailpoint, FAILPOINTS } from "./failpoint.ts";

test("only the armed step kills, and a name that does not exist is refused", () => {
  const killed: string[] = [];
  for (const armed of FAILPOINTS) {
    const hit = armFailpoint(armed, () => killed.push(armed));
    for (const name of FAILPOINTS) hit(name);
  }
  expect(killed).toEqual([...FAILPOINTS]);
  expect(() => armFailpoint("before-lunch", () => undefined)).toThrow("before-lunch");
});

test("unset, no step kills", () => {
  for (const armed of [undefined, ""]) {
    const hit = armFailpoint(armed, () => {
      throw new Error("killed");
    });
    for (const name of FAILPOINTS) hit(name);
  }
});
