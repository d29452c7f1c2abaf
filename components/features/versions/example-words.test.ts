import { expect, test } from "vitest";
import { exampleWords } from "./example-words.ts";

const request = (data: unknown) => ({ inputs: [{ name: "x", datatype: "FP32", shape: [1, 4], data }] });

test("an input shows the first values of the version's example, whether flat or in rows", () => {
  expect(exampleWords(request([56, 3650, 0.123456, 4]), "x")).toBe("56, 3650, 0.1235, …");
  expect(exampleWords(request([[1, 2]]), "x")).toBe("1, 2");
  expect(exampleWords(request(["red", true]), "x")).toBe("red, true");
});

test("what is no example of that input shows nothing", () => {
  for (const odd of [null, undefined, "text", {}, { inputs: 3 }, request([]), request("x"), request([1])])
    expect(exampleWords(odd, "y")).toBeNull();
  expect(exampleWords(request([]), "x")).toBeNull();
});
