import { expect, test } from "vitest";
import { createQueue, type Outcome, type Reason } from "./queue.ts";

const done: Outcome = { againInMs: null };

/** A queue whose runs wait until the test lets each go. */
function controlled(concurrency = 2) {
  const begun: { key: string; reasons: Reason[]; finish: (outcome?: Outcome) => void; fail: () => void }[] = [];
  const errors: number[] = [];
  let wake = Promise.withResolvers<void>();
  const queue = createQueue({
    concurrency,
    run: (key, reasons) =>
      new Promise((resolve, reject) => {
        begun.push({
          key,
          reasons: [...reasons],
          finish: (outcome = done) => resolve(outcome),
          fail: () => reject(new Error("no")),
        });
        wake.resolve();
        wake = Promise.withResolvers();
      }),
    onError: (_key, _error, againInMs) => errors.push(againInMs),
  });
  const nth = async (n: number) => {
    while (begun.length < n) await wake.promise;
    const run = begun[n - 1];
    if (run === undefined) throw new Error("no such run");
    return run;
  };
  return { queue, begun, errors, nth };
}

test("a key that waits is run once however often it is added, and never twice at once", async () => {
  const { queue, begun, nth } = controlled();
  queue.add("a", "event");
  queue.add("a", "change");
  queue.add("a", "resync");
  const first = await nth(1);
  queue.add("a", "event");
  queue.add("a", "event");
  expect(begun).toHaveLength(1);
  first.finish();
  const second = await nth(2);
  second.finish();
  await queue.stop();
  expect(begun).toHaveLength(2);
});

test("other keys run beside a slow one, up to the bound", async () => {
  const { queue, begun, nth } = controlled(2);
  for (const key of ["a", "b", "c"]) queue.add(key, "event");
  expect(begun.map((run) => run.key)).toEqual(["a", "b"]);
  (await nth(2)).finish();
  expect((await nth(3)).key).toBe("c");
  for (const run of begun) run.finish();
  await queue.stop();
});

test("what was decided goes before what is only looked at", async () => {
  const { queue, begun, nth } = controlled(1);
  queue.add("busy", "event");
  for (const key of ["r1", "r2"]) queue.add(key, "resync");
  queue.add("decided", "change");
  queue.add("r2", "event");
  for (let i = 1; i <= 4; i++) (await nth(i)).finish();
  expect(begun.map((run) => run.key)).toEqual(["busy", "decided", "r2", "r1"]);
  await queue.stop();
});

test("a failing key comes again by itself, later each time, and holds no other up", async () => {
  const { queue, errors, nth } = controlled();
  queue.add("poison", "event");
  for (let i = 1; i <= 4; i++) (await nth(i)).fail();
  queue.add("fine", "event");
  expect((await nth(5)).key).toBe("fine");
  for (let i = 1; i < 4; i++) expect(errors[i]).toBeGreaterThan((errors[i - 1] ?? 0) * 1.4);
  (await nth(5)).finish();
  (await nth(6)).finish();
  await queue.stop();
});

test("a run may ask to come again, and stop waits for what runs and starts nothing more", async () => {
  const { queue, begun, nth } = controlled();
  queue.add("a", "change");
  (await nth(1)).finish({ againInMs: 1 });
  const again = await nth(2);
  expect(again.reasons).toEqual(["timer"]);
  const stopped = queue.stop();
  queue.add("b", "change");
  again.finish({ againInMs: 1 });
  await stopped;
  expect(begun).toHaveLength(2);
});
