import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../store/types.ts";
import { apply } from "./apply.ts";
import { decodeSet, difference, encodeSet, equalSets, intersection, isEmpty, union } from "./field-set.ts";
import { updateTracker } from "./managers.ts";

const blank = (): KubeObject => ({
  kind: "ConfigMap",
  apiVersion: "v1",
  metadata: { name: "a", namespace: "n" } as KubeObject["metadata"],
});
const config = (data: Record<string, string>) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data,
});
/** Applies and keeps the ownership, as the store does. */
const applied = (live: KubeObject, manager: string, data: Record<string, string>, force = false): KubeObject => {
  const { object, tracker } = apply(live, config(data), { manager, force });
  return { ...object, metadata: { ...object.metadata, managedFields: tracker.track(live, object) } };
};
const datas = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom("1", "2"), { minKeys: 1 });

describe("apply", () => {
  it("yields what was asked, whatever was there before, when forced", () => {
    fc.assert(
      fc.property(datas, datas, (first, second) => {
        const live = applied(applied(blank(), "one", first), "two", second, true);
        expect(live.data).toMatchObject(second);
      }),
    );
  });

  it("of one manager leaves exactly its last word", () => {
    fc.assert(
      fc.property(fc.array(datas, { minLength: 1, maxLength: 5 }), (words) => {
        const live = words.reduce((before, data) => applied(before, "one", data), blank());
        expect(live.data).toEqual(words.at(-1));
      }),
    );
  });

  it("said twice is the same as said once", () => {
    fc.assert(
      fc.property(datas, datas, (others, own) => {
        const once = applied(applied(blank(), "other", others), "one", own, true);
        expect(applied(once, "one", own)).toEqual(once);
      }),
    );
  });

  it("never changes another's field without force", () => {
    fc.assert(
      fc.property(datas, datas, (theirs, own) => {
        const live = applied(blank(), "other", theirs);
        const differs = Object.entries(own).some(([key, value]) => key in theirs && theirs[key] !== value);
        if (differs) expect(() => applied(live, "one", own)).toThrow(/Apply failed with \d+ conflict/);
        else expect(applied(live, "one", own).data).toEqual({ ...theirs, ...own });
      }),
    );
  });

  it("loses to an update the fields the update changed, and only those", () => {
    const live = applied(blank(), "one", { a: "1", b: "1" });
    const after = { ...live, data: { a: "2", b: "1" } };
    const entries = updateTracker("hand").track(live, after);
    expect(entries).toMatchObject([
      { manager: "one", fieldsV1: { "f:data": { "f:b": {} } } },
      { manager: "hand", operation: "Update", fieldsV1: { "f:data": { "f:a": {} } } },
    ]);
  });
});

describe("field sets", () => {
  const leaves = fc.letrec<{ tree: object }>((tie) => ({
    tree: fc.dictionary(
      fc.constantFrom(".", "f:a", "f:b", 'k:{"name":"x"}'),
      fc.oneof({ depthSize: "small", maxDepth: 4 }, fc.constant({}), tie("tree")),
    ),
  })).tree;

  it("survive being written down", () => {
    fc.assert(
      fc.property(leaves, (json) => {
        const set = decodeSet(json);
        expect(equalSets(decodeSet(encodeSet(set)), set)).toBe(true);
      }),
    );
  });

  it("split into what is common and what is not", () => {
    fc.assert(
      fc.property(leaves, leaves, (left, right) => {
        const [a, b] = [decodeSet(left), decodeSet(right)];
        expect(equalSets(union(difference(a, b), intersection(a, b)), a)).toBe(true);
        expect(isEmpty(intersection(difference(a, b), b))).toBe(true);
      }),
    );
  });
});
