import fc from "fast-check";
import { expect, test } from "vitest";
import { stableHash, stableStringify } from "./stable-hash.ts";

test("equal values hash alike whatever the order of their keys", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const turned = JSON.parse(JSON.stringify(value), (_, member) =>
        typeof member === "object" && member !== null && !Array.isArray(member)
          ? Object.fromEntries(Object.entries(member).reverse())
          : member,
      );
      expect(stableHash(turned)).toBe(stableHash(value));
    }),
  );
});

test("different values hash apart", () => {
  const values = new Map<string, string>();
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = stableStringify(value);
      const hash = stableHash(value);
      expect(values.get(hash) ?? text).toBe(text);
      values.set(hash, text);
    }),
  );
});

test("its text is JSON that says the same", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(stableStringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect(stableStringify({ a: undefined, b: [undefined] })).toBe('{"b":[null]}');
});
