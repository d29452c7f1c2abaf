import { expect, test } from "vitest";
import { z } from "zod";
import { plainWords } from "./plain-words.ts";

const wordsFor = (schema: z.ZodType, input: unknown) =>
  schema.safeParse(input, { error: plainWords, reportInput: true }).error?.issues[0]?.message;

test.each<[z.ZodType, unknown, string]>([
  [z.string(), 7, "this must be text, not a number"],
  [z.string(), undefined, "this field is required"],
  [z.array(z.string()), "a", "this must be a list, not text"],
  [z.object({}), [], "this must be an object, not a list"],
  [z.boolean(), null, "this must be true or false, not null"],
  [z.number().int(), 1.5, "this must be a whole number"],
  [z.number(), "a", "this must be a number, not text"],
  [z.number().min(1), 0, "this must be at least 1"],
  [z.number().positive(), 0, "this must be more than 0"],
  [z.number().lt(3), 3, "this must be less than 3"],
  [z.string().min(1), "", "this must not be empty"],
  [z.string().max(2), "abc", "this must have at most 2 characters"],
  [z.array(z.string()).min(1), [], "this must not be empty"],
  [z.array(z.string()).max(1), ["a", "b"], "this must have at most 1 item"],
  [z.enum(["live", "shadow"]), "x", 'this must be one of "live", "shadow"'],
  [z.literal("a"), "x", 'this must be "a"'],
  [z.uuid(), "x", "this must be an id"],
  [z.union([z.string(), z.boolean()]), 7, "this is none of what may stand here"],
])("%# bad input is answered in words of people, not of the library", (schema, input, words) => {
  expect(wordsFor(schema, input)).toBe(words);
});

test("what a schema says itself stands", () => {
  expect(wordsFor(z.string("a name, please"), 7)).toBe("a name, please");
  expect(wordsFor(z.string().regex(/a/, "holds an a"), "b")).toBe("holds an a");
});
