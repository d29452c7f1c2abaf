import { afterEach, expect, test, vi } from "vitest";
import { type Cluster, ClusterError } from "#server/ports/cluster.ts";
import { failFast } from "./fail-fast.ts";

const REF = { apiVersion: "v1", kind: "ConfigMap", namespace: "n", name: "a" };

afterEach(() => void vi.useRealTimers());

/** A cluster whose every answer the test gives. */
function scripted() {
  const asked: PromiseWithResolvers<null>[] = [];
  const clock = { ms: 0 };
  const get = () => {
    const answer = Promise.withResolvers<null>();
    asked.push(answer);
    return answer.promise;
  };
  const cluster = failFast({ get } as Partial<Cluster> as Cluster, () => clock.ms);
  const ask = () =>
    cluster.get(REF).then(
      () => "answer",
      (error: ClusterError) => error.code,
    );
  const away = () => asked.at(-1)?.reject(new ClusterError("away", "no answer"));
  const failing = async () => {
    const one = ask();
    away();
    return one;
  };
  return { asked, clock, ask, away, failing };
}

test("after three requests without an answer no more are sent, but for one at a time after a rest", async () => {
  const { asked, clock, ask, failing } = scripted();
  for (let i = 0; i < 3; i++) expect(await failing()).toBe("away");
  expect(await ask()).toBe("away");
  expect(asked).toHaveLength(3);
  clock.ms = 1_001;
  const trial = ask();
  expect(await ask()).toBe("away");
  expect(asked).toHaveLength(4);
  asked[3]?.resolve(null);
  expect(await trial).toBe("answer");
  const [one, two] = [ask(), ask()];
  expect(asked).toHaveLength(6);
  asked[4]?.resolve(null);
  asked[5]?.resolve(null);
  expect([await one, await two]).toEqual(["answer", "answer"]);
});

test("a refusal is an answer: however many there are, the next request is sent", async () => {
  const { asked, ask } = scripted();
  for (let i = 0; i < 10; i++) {
    const one = ask();
    asked[i]?.reject(new ClusterError("conflict", "no"));
    expect(await one).toBe("conflict");
  }
});

test("a cluster that takes requests and says nothing gives back the hands that wait for it, but for the oldest's", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const { asked, clock, ask } = scripted();
  const ended: string[] = [];
  const waiting = Array.from({ length: 8 }, (_, n) => ask().then((how) => ended.push(`${n} ${how}`)));
  clock.ms = 2_000;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(ended).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => `${n} away`));
  expect(await ask()).toBe("away");
  expect(asked).toHaveLength(8);
  asked[0]?.reject(new ClusterError("refused", "a webhook took too long"));
  await Promise.all(waiting);
  expect(ended.at(-1)).toBe("0 refused");
});

test("requests that are slow one by one are waited for while others are answered", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const { asked, clock, ask } = scripted();
  const slow = [ask(), ask(), ask()];
  for (clock.ms = 1_500; clock.ms < 9_000; clock.ms += 1_500) {
    const quick = ask();
    asked.at(-1)?.resolve(null);
    expect(await quick).toBe("answer");
    await vi.advanceTimersByTimeAsync(1_500);
  }
  for (const answer of asked) answer.resolve(null);
  expect(await Promise.all(slow)).toEqual(["answer", "answer", "answer"]);
});
