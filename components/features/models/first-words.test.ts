import { expect, test } from "vitest";
import { firstWords } from "./first-words.ts";

test("a list shows the first sentence of a card as people read it, not its marks", () => {
  expect(firstWords("# Card\n\nTrained on **made-up** `numbers`\nby [us](https://example.com).\n\n| a |\n|---|")).toBe(
    "Trained on made-up numbers by us.",
  );
  expect(firstWords("| set | auc |\n|---|---|\n| test | 0.9 |\n\nGood.")).toBe("Good.");
  expect(firstWords("# Who gets a loan")).toBe("Who gets a loan");
  expect(firstWords("Input is late_payments_24m, *not* _late_.")).toBe("Input is late_payments_24m, not late.");
  expect(firstWords("")).toBe("");
});
