import type { Trouble } from "#domain/shared/views.ts";

/** What a pod says of itself, with what is written about it in events. */
export type PodFacts = Readonly<{
  name: string;
  /** Null: it has a node. */
  unscheduled: string | null;
  containers: readonly ContainerFacts[];
  /** Newest first. */
  events: readonly EventFacts[];
}>;

export type ContainerFacts = Readonly<{
  name: string;
  isInit: boolean;
  image: string;
  ready: boolean;
  restarts: number;
  waiting: Readonly<{ reason: string; message: string }> | null;
  /** The last run that ended; null: none did. */
  ended: Readonly<{ exitCode: number; reason: string; message: string }> | null;
  /** Seconds it runs by now; null: it does not. */
  runningSeconds: number | null;
}>;

export type EventFacts = Readonly<{ type: string; reason: string; message: string }>;

export type ReadinessFacts = Readonly<{
  /** Why the artifact is not in the environment's store; null: it is, or nobody has looked. */
  artifactMissing: string | null;
  /** Why the cluster makes no pods, in its own words; null: it does. */
  refusedPods: string | null;
  /** Of its pods, what each says alone. */
  pods: readonly (Trouble | null)[];
}>;

/** A model server that is slower than this is worth a sentence; it is not yet wrong. */
export const PROBE_PATIENCE_SECONDS = 20;
const FETCH = "fetch";

/** The one sentence about a revision that is not ready; null when it is only starting. First what stops everything else. */
export function readinessReason(facts: ReadinessFacts): Trouble | null {
  if (facts.artifactMissing !== null) return artifactTrouble(facts.artifactMissing);
  if (facts.refusedPods !== null) return refusedTrouble(facts.refusedPods);
  return facts.pods.find((trouble) => trouble !== null) ?? null;
}

const artifactTrouble = (why: string): Trouble => ({
  code: "artifact",
  message: `The model's file is not in the environment's artifact store: ${sentence(why)}`,
  fix: "Look at the pod slipway-artifacts and its volume; the worker tries again by itself as soon as the store answers.",
});

function refusedTrouble(words: string): Trouble {
  if (/quota/i.test(words))
    return {
      code: "quota",
      message: `The namespace's quota is used up: ${sentence(words)}`,
      fix: "Ask an administrator of the cluster for more quota, choose a smaller size, or delete an endpoint that nobody needs.",
    };
  return {
    code: "configuration",
    message: `The cluster refuses to make its pods: ${sentence(words)}`,
    fix: "An administrator of the cluster can say which policy refuses them; then deploy a revision that meets it.",
  };
}

/** Why one pod is not ready; null when it is ready, going or only starting. */
export function podTrouble(pod: PodFacts): Trouble | null {
  if (pod.unscheduled !== null) return schedulingTrouble(pod);
  for (const container of pod.containers) {
    const trouble = containerTrouble(pod, container);
    if (trouble !== null) return trouble;
  }
  const mount = pod.events.find(({ reason }) => reason === "FailedMount" || reason === "FailedAttachVolume");
  if (mount !== undefined && pod.containers.every(({ runningSeconds }) => runningSeconds === null))
    return {
      code: "configuration",
      message: `Pod ${pod.name} waits for a volume: ${sentence(mount.message)}`,
      fix: "Create what it names (a Secret, a ConfigMap or a volume) in the environment's namespace.",
    };
  return null;
}

function schedulingTrouble({ name, unscheduled }: PodFacts): Trouble {
  const words = unscheduled ?? "";
  const lacking = /Insufficient ([\w./-]*\w)/.exec(words)?.[1];
  const fix =
    lacking === undefined
      ? "Make a node available that matches what the pod asks for."
      : lacking.includes("gpu")
        ? "Free a GPU by scaling another endpoint down, or add a node with one."
        : `Choose a smaller size, free ${lacking} by scaling another endpoint down, or add a node.`;
  const message =
    lacking === undefined
      ? `No node takes pod ${name}: ${sentence(words)}`
      : `No node has enough ${lacking} left for pod ${name}.`;
  return { code: "scheduling", message, fix };
}

const IMAGE_REASONS = new Set(["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"]);
const CONFIG_REASONS = new Set(["CreateContainerConfigError", "CreateContainerError", "RunContainerError"]);

function containerTrouble(pod: PodFacts, container: ContainerFacts): Trouble | null {
  const { waiting, ended } = container;
  if (waiting !== null && IMAGE_REASONS.has(waiting.reason))
    return {
      code: "image",
      message: `The image ${container.image} of pod ${pod.name} cannot be pulled${detailOf(pod, waiting.message)}`,
      fix: "Check that the environment's image prefix is right, that the registry has this release, and that the nodes may pull from it.",
    };
  if (waiting !== null && CONFIG_REASONS.has(waiting.reason))
    return {
      code: "configuration",
      message: `Container ${container.name} of pod ${pod.name} cannot be made: ${sentence(waiting.message || waiting.reason)}`,
      fix: "Create the Secret and key that the revision's environment variables name, or deploy a revision that names another.",
    };
  if (ended !== null && ended.exitCode !== 0 && !container.ready && container.runningSeconds === null)
    return endTrouble(pod, container, ended);
  return probeTrouble(pod, container);
}

type Ended = NonNullable<ContainerFacts["ended"]>;

function endTrouble(pod: PodFacts, container: ContainerFacts, ended: Ended): Trouble {
  if (ended.reason === "OOMKilled")
    return {
      code: "memory",
      message: `The model needs more memory than pod ${pod.name} may use: it was killed.`,
      fix: "Deploy a revision with a larger memory size.",
    };
  const said = lastWords(ended.message);
  const times = container.restarts > 1 ? ` ${container.restarts} times` : "";
  if (container.isInit && container.name === FETCH)
    return {
      code: "artifact",
      message: `Pod ${pod.name} cannot fetch the model's file${said === null ? ` (code ${ended.exitCode})` : `: ${sentence(said)}`}`,
      fix: "Look at the log of container fetch and at the pod slipway-artifacts; when the file was changed, register the version again.",
    };
  if (said !== null && /model|onnx|session|graph|opset/i.test(said))
    return {
      code: "model",
      message: `The runtime cannot load the model: ${sentence(said)}`,
      fix: "Export the model again for an operator set that this runtime knows, and register it as a new version.",
    };
  if (ended.exitCode === KILLED) return killedTrouble(pod, container, times);
  return {
    code: "crash",
    message: `Container ${container.name} of pod ${pod.name} ended${times} with code ${ended.exitCode}${said === null ? "." : `: ${sentence(said)}`}`,
    fix: "Read the log of its last run: it ends with the reason.",
  };
}

/** SIGKILL, and not by its own limit of memory: the cluster says that with a reason of its own. */
const KILLED = 137;

function killedTrouble(pod: PodFacts, container: ContainerFacts, times: string): Trouble {
  const liveness = pod.events.some(({ message }) => /liveness probe/i.test(message));
  return {
    code: "crash",
    message: `Container ${container.name} of pod ${pod.name} was killed${times}${liveness ? ": its liveness probe had failed." : "."}`,
    fix: liveness
      ? "Read the log of its last run: it stopped answering, as it does when a request never ends."
      : "Look at its events and its node: a node short of memory does this, and so does a person.",
  };
}

function probeTrouble(pod: PodFacts, container: ContainerFacts): Trouble | null {
  if (container.isInit || container.ready || (container.runningSeconds ?? 0) < PROBE_PATIENCE_SECONDS) return null;
  const probe = pod.events.find(({ reason }) => reason === "Unhealthy")?.message;
  return {
    code: "probe",
    message: `Pod ${pod.name} runs, but does not say that it is ready${probe === undefined ? "." : `: ${sentence(probe)}`}`,
    fix: "A large model takes longer to load than a small one: give it more CPU, or read its log.",
  };
}

/** What a program said before it ended: our own in a JSON line, others in the line that names an error, else the last. */
function lastWords(text: string): string | null {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("Node.js v"))
    .reverse();
  for (const line of lines) {
    const said = jsonWords(line) ?? (NAMES_ERROR.test(line) ? line : null);
    if (said !== null) return said;
  }
  return lines.find((line) => !line.startsWith("{")) ?? null;
}

const NAMES_ERROR = /^(Uncaught )?[\w.]*(Error|Exception|panic|fatal)\b[^:]*:/;

/** Null: no line of ours, or one that tells of no failure. */
function jsonWords(line: string): string | null {
  try {
    const { level, failure, reason, msg } = JSON.parse(line) as Record<string, unknown>;
    const said = [failure, reason, level === "error" || level === "fatal" ? msg : null];
    return said.find((word): word is string => typeof word === "string" && word !== "") ?? null;
  } catch {
    return null;
  }
}

const detailOf = (pod: PodFacts, message: string): string => {
  const failed = pod.events.find(({ reason }) => reason === "Failed")?.message;
  // A back-off's own message counts seconds and says nothing else.
  const words = /back-?off/i.test(message) ? failed : message;
  return words === undefined || words === "" ? "." : `: ${sentence(words)}`;
};

const WORDS_MAX = 300;

/** Another program's words, as the end of ours. */
function sentence(words: string): string {
  const text = words.trim().replace(/\s+/g, " ");
  const cut = text.length > WORDS_MAX ? `${text.slice(0, WORDS_MAX)}…` : text;
  return /[.!?…]$/.test(cut) ? cut : `${cut}.`;
}
