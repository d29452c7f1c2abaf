import type { z } from "zod";

type Issue = z.core.$ZodRawIssue;

const NOUNS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  bigint: "a whole number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
  null: "null",
  date: "a moment",
};

/** What a schema that says nothing itself answers to bad input, in words for people; undefined: the library's own. */
export function plainWords(issue: Issue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return typeWords(issue.expected, issue.input);
    case "too_small":
      return sizeWords(issue.origin, "at least", issue.inclusive === false ? "more than" : "at least", issue.minimum);
    case "too_big":
      return sizeWords(issue.origin, "at most", issue.inclusive === false ? "less than" : "at most", issue.maximum);
    case "invalid_value":
      return `this must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "invalid_format":
      return FORMATS[issue.format];
    case "invalid_union":
      return "this is none of what may stand here";
    default:
      return undefined;
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  uuid: "this must be an id",
  email: 'this must be an address such as "name@example.com"',
  url: 'this must be an address such as "https://example.com"',
  datetime: 'this must be a moment such as "2026-01-31T08:00:00Z"',
};

function typeWords(expected: string, input: unknown): string | undefined {
  if (input === undefined) return "this field is required";
  const wanted = NOUNS[expected];
  if (wanted === undefined) return undefined;
  if (typeof input === "number")
    return expected === "int" ? "this must be a whole number" : `this must be ${wanted}, not a number`;
  const given = input === null ? "null" : Array.isArray(input) ? "array" : typeof input;
  return `this must be ${wanted}, not ${NOUNS[given] ?? given}`;
}

function sizeWords(origin: string, length: string, amount: string, bound: number | bigint): string | undefined {
  const one = Number(bound) === 1;
  if (origin === "string")
    return one && length === "at least"
      ? "this must not be empty"
      : `this must have ${length} ${bound} ${one ? "character" : "characters"}`;
  if (origin === "array" || origin === "set")
    return one && length === "at least"
      ? "this must not be empty"
      : `this must have ${length} ${bound} ${one ? "item" : "items"}`;
  if (origin === "number" || origin === "int" || origin === "bigint") return `this must be ${amount} ${bound}`;
  return undefined;
}
