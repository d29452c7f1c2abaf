import { expect, test } from "vitest";
import type { ClusterObject, ObjectChange } from "#server/ports/cluster.ts";
import { indexEvents } from "./events-about.ts";

const event = (name: string, kind: string, about: string): ClusterObject => ({
  apiVersion: "v1",
  kind: "Event",
  metadata: { name, uid: name, resourceVersion: "1" },
  involvedObject: { kind, name: about },
});

function aNamespace() {
  let tell: (change: ObjectChange) => void = () => undefined;
  const about = indexEvents({
    onChange(listener) {
      tell = listener;
    },
  });
  const names = (deployment: string) =>
    about
      .deployment(deployment)
      .map(({ metadata }) => metadata.name)
      .sort();
  return { tell: (change: ObjectChange) => tell(change), names };
}

test("a Deployment has the events about itself, its ReplicaSets and its pods, and no other's", () => {
  const { tell, names } = aNamespace();
  const all = [
    event("own", "Deployment", "credit-r1"),
    event("set", "ReplicaSet", "credit-r1-5d4f"),
    event("pod", "Pod", "credit-r1-5d4f-x8k2p"),
    event("other", "Pod", "credit-r10-5d4f-x8k2p"),
    event("longer", "Pod", "credit-r1-r1-5d4f-x8k2p"),
    event("node", "Node", "credit-r1"),
    { ...event("nothing", "Pod", "x"), involvedObject: 7 },
  ];
  for (const object of all) tell({ object, previous: null, gone: false });
  expect(names("credit-r1")).toEqual(["own", "pod", "set"]);
  expect(names("credit-r1-r1")).toEqual(["longer"]);
  expect(names("credit-r10")).toEqual(["other"]);
});

test("an event that is counted on is there once, and one that is gone is not", () => {
  const { tell, names } = aNamespace();
  const first = event("pod", "Pod", "credit-r1-5d4f-x8k2p");
  const again = { ...first, count: 2 };
  tell({ object: first, previous: null, gone: false });
  tell({ object: again, previous: first, gone: false });
  expect(names("credit-r1")).toEqual(["pod"]);
  tell({ object: again, previous: again, gone: true });
  expect(names("credit-r1")).toEqual([]);
});
