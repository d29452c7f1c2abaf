import { expect, test } from "vitest";
import type { Trouble } from "#domain/shared/views.ts";
import { type ContainerFacts, type PodFacts, podTrouble, readinessReason } from "./readiness-reason.ts";

const container = (over: Partial<ContainerFacts> = {}): ContainerFacts => ({
  name: "server",
  isInit: false,
  image: "registry/model-server:1",
  ready: false,
  restarts: 0,
  waiting: null,
  ended: null,
  runningSeconds: null,
  ...over,
});
const pod = (over: Partial<PodFacts> = {}): PodFacts => ({
  name: "p",
  unscheduled: null,
  containers: [],
  events: [],
  ...over,
});
const of = (...containers: ContainerFacts[]) => podTrouble(pod({ containers }));
const ended = (message: string, exitCode = 1, reason = "Error") => ({ exitCode, reason, message });
const NOTHING = { artifactMissing: null, refusedPods: null, pods: [] };

const CASES: [string, Trouble["code"], Trouble | null, RegExp][] = [
  [
    "an image that cannot be pulled",
    "image",
    podTrouble(
      pod({
        containers: [container({ waiting: { reason: "ImagePullBackOff", message: "Back-off pulling image" } })],
        events: [{ type: "Warning", reason: "Failed", message: "manifest unknown" }],
      }),
    ),
    /registry\/model-server:1 .*cannot be pulled: manifest unknown\./,
  ],
  [
    "a pod that fits nowhere",
    "scheduling",
    podTrouble(pod({ unscheduled: "0/3 nodes are available: 3 Insufficient memory." })),
    /No node has enough memory left/,
  ],
  [
    "a GPU that is not there",
    "scheduling",
    podTrouble(pod({ unscheduled: "0/3 nodes are available: 3 Insufficient nvidia.com/gpu." })),
    /nvidia\.com\/gpu/,
  ],
  [
    "a quota",
    "quota",
    readinessReason({ ...NOTHING, refusedPods: 'pods "p" is forbidden: exceeded quota: team, requested: cpu=2' }),
    /quota is used up/,
  ],
  [
    "a program that ends",
    "crash",
    of(container({ restarts: 4, waiting: { reason: "CrashLoopBackOff", message: "back-off 40s" }, ended: ended("") })),
    /ended 4 times with code 1\./,
  ],
  ["memory", "memory", of(container({ ended: ended("", 137, "OOMKilled") })), /more memory/],
  [
    "a program that is killed",
    "crash",
    of(container({ restarts: 3, ended: ended('{"level":"info","msg":"listening"}', 137, "Error") })),
    /^Container server of pod .* was killed 3 times\.$/,
  ],
  [
    "a program that is killed because it stopped answering",
    "crash",
    podTrouble(
      pod({
        containers: [container({ ended: ended("", 137, "Error") })],
        events: [{ type: "Warning", reason: "Unhealthy", message: "Liveness probe failed: 503" }],
      }),
    ),
    /was killed: its liveness probe had failed\.$/,
  ],
  [
    "a probe",
    "probe",
    podTrouble(
      pod({
        containers: [container({ runningSeconds: 60 })],
        events: [{ type: "Warning", reason: "Unhealthy", message: "Startup probe failed: 503" }],
      }),
    ),
    /does not say that it is ready: Startup probe failed: 503\./,
  ],
  [
    "an artifact that is not stored",
    "artifact",
    readinessReason({ ...NOTHING, artifactMissing: "no space left" }),
    /artifact store: no space left\./,
  ],
  [
    "an artifact that cannot be fetched",
    "artifact",
    of(
      container({
        name: "fetch",
        isInit: true,
        ended: ended('{"msg":"the artifact could not be fetched","reason":"the digest does not match"}'),
      }),
    ),
    /cannot fetch the model's file: the digest does not match\./,
  ],
  [
    "a model that does not load",
    "model",
    of(
      container({
        ended: ended('{"level":"info","msg":"x"}\n{"level":"error","failure":"the graph needs opset 99","msg":"y"}'),
      }),
    ),
    /cannot load the model: the graph needs opset 99\./,
  ],
  [
    "a secret that is missing",
    "configuration",
    of(container({ waiting: { reason: "CreateContainerConfigError", message: 'secret "keys" not found' } })),
    /secret "keys" not found\./,
  ],
  [
    "a volume that is missing",
    "configuration",
    podTrouble(
      pod({ containers: [container()], events: [{ type: "Warning", reason: "FailedMount", message: "no pvc" }] }),
    ),
    /waits for a volume: no pvc\./,
  ],
];

test.each(CASES)("%s is told as %s, in one sentence with a fix", (_, code, trouble, sentence) => {
  expect(trouble?.code).toBe(code);
  expect(trouble?.message).toMatch(sentence);
  expect(trouble?.message).toMatch(/[.!?…]$/);
  expect(trouble?.fix).toMatch(/\.$/);
});

test("a pod that is only starting has nothing to tell", () => {
  expect(of(container({ waiting: { reason: "ContainerCreating", message: "" } }))).toBe(null);
  expect(of(container({ runningSeconds: 3 }))).toBe(null);
  expect(of(container({ ready: true, runningSeconds: 300, ended: ended("", 1) }))).toBe(null);
  expect(readinessReason({ ...NOTHING, pods: [null, null] })).toBe(null);
});

test("the line that says why is found among those that do not", () => {
  const said = (message: string) => of(container({ ended: ended(message) }))?.message;
  const info = '{"level":"info","msg":"listening"}';
  expect(said(`${info}\nError: no such port\n    at main (main.ts:1:1)\n\nNode.js v24.21.0\n`)).toContain(
    "no such port",
  );
  expect(said(`Traceback\n  File "x.py"\nValueError: bad shape\n`)).toContain("ValueError: bad shape.");
  expect(said(info)).toMatch(/ended with code 1\.$/);
  expect(said("killed by somebody")).toContain("killed by somebody.");
});

test("a very long or many-lined word of another program stays one sentence", () => {
  const trouble = of(container({ ended: ended(`panic:\n${"x".repeat(5000)}`) }));
  expect(trouble?.message.length).toBeLessThan(450);
  expect(trouble?.message).not.toContain("\n");
});
