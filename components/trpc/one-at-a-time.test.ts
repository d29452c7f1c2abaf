import { createTRPCClient, TRPCClientError, type TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import { expect, test } from "vitest";
import type { AppRouter } from "#server/api/root.ts";
import { oneAtATime } from "./one-at-a-time.ts";

/** A client whose calls are answered in turn by `settle`. */
function client() {
  const asked: { path: string; settle: (refusal?: string) => void }[] = [];
  const end: TRPCLink<AppRouter> = () => (call) =>
    observable((observer) => {
      const number = asked.length + 1;
      const settle = (refusal?: string) => {
        if (refusal !== undefined) return observer.error(new TRPCClientError(refusal));
        observer.next({ result: { type: "data", data: number } });
        observer.complete();
      };
      asked.push({ path: call.op.path, settle });
    });
  const { token, model } = createTRPCClient<AppRouter>({ links: [oneAtATime, end] });
  return {
    asked,
    make: (name: string) => token.create.mutate({ name, role: "viewer" }),
    list: () => model.list.query({}),
  };
}

test("a change asked for twice at once is made once, and both get its answer", async () => {
  const { asked, make } = client();
  const both = [make("pipeline"), make("pipeline")];
  expect(asked).toHaveLength(1);
  asked[0]?.settle();
  expect(await Promise.all(both)).toEqual([1, 1]);
});

test("both are refused together, and asking again asks again", async () => {
  const { asked, make } = client();
  const both = Promise.allSettled([make("pipeline"), make("pipeline")]);
  asked[0]?.settle("no");
  expect((await both).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  const again = make("pipeline");
  asked[1]?.settle();
  expect(await again).toBe(2);
});

test("another change, and whatever changes nothing, waits for none", () => {
  const { asked, make, list } = client();
  void [make("one"), make("two"), list(), list()];
  expect(asked.map(({ path }) => path)).toEqual(["token.create", "token.create", "model.list", "model.list"]);
});
