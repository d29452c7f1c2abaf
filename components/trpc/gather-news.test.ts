import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Changes, gatherNews } from "./gather-news.ts";

const SECOND = 1_000;
const changed = (...names: string[]): Changes => ({
  everything: false,
  changed: names.map((name) => ({ kind: "endpoint", id: name, name })),
});

/** `takesMs`: how long the questions that each news begins are on their way. */
function gathering(takesMs = 0) {
  const passed: Changes[] = [];
  const news = gatherNews((one) => {
    passed.push(one);
    return new Promise((resolve) => {
      if (takesMs !== Infinity) setTimeout(resolve, takesMs);
    });
  });
  return { passed, news };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("the first change shows at once, and a hundred that follow it show together", async () => {
  const { passed, news } = gathering();
  news.add(changed("first"));
  expect(passed).toEqual([changed("first")]);
  const later = Array.from({ length: 100 }, (_, number) => `e${number}`);
  for (const name of later) news.add(changed(name));
  expect(passed).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(SECOND);
  expect(passed).toEqual([changed("first"), changed(...later)]);
});

test("changes that never pause show as often as they can be answered, and none is lost", async () => {
  const { passed, news } = gathering(3 * SECOND);
  for (let number = 0; number < 50; number += 1) {
    news.add(changed(`e${number}`));
    await vi.advanceTimersByTimeAsync(SECOND / 5);
  }
  await vi.advanceTimersByTimeAsync(5 * SECOND);
  expect(passed).toHaveLength(5);
  expect(new Set(passed.flatMap((one) => one.changed.map(({ name }) => name))).size).toBe(50);
});

test("an answer that never comes does not stop what is asked after it", async () => {
  const { passed, news } = gathering(Infinity);
  news.add(changed("a"));
  news.add(changed("b"));
  await vi.advanceTimersByTimeAsync(10 * SECOND);
  expect(passed).toHaveLength(2);
});

test("a gap among them makes everything old", async () => {
  const { passed, news } = gathering();
  news.add(changed("a"));
  news.add({ everything: true, changed: [] });
  news.add(changed("b"));
  await vi.advanceTimersByTimeAsync(SECOND);
  expect(passed.at(-1)?.everything).toBe(true);
});

test("news without a change hold nothing up", () => {
  const { passed, news } = gathering();
  news.add(changed());
  news.add(changed("a"));
  expect(passed).toEqual([changed("a")]);
});
