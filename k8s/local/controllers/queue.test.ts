import { expect, it } from "vitest";
import { createQueue } from "./queue.ts";

it("runs a key once however often it was added, in the order of the first adding", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const ran: string[] = [];
  const queue = createQueue(
    (key) => {
      ran.push(key);
      if (key === "end") resolve();
    },
    () => undefined,
  );
  for (const key of ["a", "b", "a", "end"]) queue.add(key);
  await promise;
  expect(ran).toEqual(["a", "b", "end"]);
  queue.close();
});

it("brings a failing key back without holding up the others", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const ran: string[] = [];
  const queue = createQueue(
    (key) => {
      ran.push(key);
      if (key === "good") return;
      if (ran.filter((one) => one === "bad").length < 3) throw new Error("conflict");
      resolve();
    },
    () => undefined,
  );
  queue.add("bad");
  queue.add("good");
  await promise;
  expect(ran).toEqual(["bad", "good", "bad", "bad"]);
  queue.close();
});
