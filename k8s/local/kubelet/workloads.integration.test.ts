import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KubeObject } from "#k8s/local/store/types.ts";
import {
  deployment,
  isReady,
  NAMESPACE,
  processesIn,
  service,
  startTestNode,
  type TestNode,
} from "#test/support/local-node.ts";

let cluster: TestNode;
beforeEach(async () => {
  cluster = await startTestNode();
});
afterEach(() => cluster.close());

const live = (name: string): KubeObject | undefined => cluster.store.get("deployments.apps", NAMESPACE, name);
const isSettled = (name: string, generation: number) => () => {
  const status = live(name)?.status;
  const replicas = live(name)?.spec.replicas;
  return (
    status?.observedGeneration === generation &&
    status.updatedReplicas === replicas &&
    status.replicas === replicas &&
    status.availableReplicas === replicas &&
    status.terminatingReplicas === 0
  );
};
const deploy = async (...args: Parameters<typeof deployment>) => {
  cluster.store.create("deployments.apps", deployment(...args));
  await cluster.until(`${args[0].name} to settle`, isSettled(args[0].name, 1));
};
const expose = (name: string, spec: Record<string, unknown> = {}): string => {
  const created = cluster.store.create("services", service(name, spec));
  return `http://${created.spec.clusterIP}`;
};
const setV = (name: string, value: string) => {
  const next = structuredClone(live(name)) as KubeObject;
  next.spec.template.spec.containers[0].env[1].value = value;
  cluster.store.update("deployments.apps", next);
};
const containerOf = (app: string) => cluster.pods(app)[0]?.status?.containerStatuses?.[0];
const eventsAbout = (reason: string) =>
  cluster.store.list("events", NAMESPACE).filter((event) => event.reason === reason);
const readLog = async (pod: string, options: { previous?: boolean; tailLines?: number } = {}) => {
  const request = { namespace: NAMESPACE, pod, container: "web", follow: false, previous: false, timestamps: false };
  const chunks: string[] = [];
  const signal = new AbortController().signal;
  for await (const chunk of cluster.node.logSource.read({ ...request, ...options }, signal)) chunks.push(String(chunk));
  return chunks.join("");
};

/** Asks again and again, each on a connection of its own, until told to stop. */
const load = (url: string) => {
  const answers: string[] = [];
  const failures: string[] = [];
  let stopped = false;
  const client = async () => {
    while (!stopped) {
      try {
        const response = await fetch(url, { headers: { connection: "close" } });
        answers.push(await response.text());
      } catch (error) {
        failures.push(String((error as Error).cause ?? error));
      }
    }
  };
  const clients = Promise.all([client(), client(), client(), client()]);
  return {
    answers,
    stop: async () => {
      stopped = true;
      await clients;
      return failures;
    },
  };
};

describe("serving", () => {
  it("replaces every pod of a Deployment without failing a request, and reuses the old ReplicaSet on the way back", async () => {
    const url = expose("web");
    await deploy({ name: "web", replicas: 2 });
    const first = cluster.store.list("replicasets.apps", NAMESPACE)[0]?.metadata.name;
    const traffic = load(url);
    setV("web", "2");
    await cluster.until("rollout", isSettled("web", 2));
    expect(await (await fetch(url)).text()).toBe("ok 2");
    setV("web", "1");
    await cluster.until("roll back", isSettled("web", 3));
    expect(await (await fetch(url)).text()).toBe("ok 1");
    expect(await traffic.stop()).toEqual([]);
    expect(new Set(traffic.answers)).toEqual(new Set(["ok 1", "ok 2"]));
    const sets = cluster.store.list("replicasets.apps", NAMESPACE);
    expect(sets).toHaveLength(2);
    expect(live("web")?.metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("3");
    expect(sets.find(({ metadata }) => metadata.name === first)?.metadata.annotations).toMatchObject({
      "deployment.kubernetes.io/revision": "3",
      "deployment.kubernetes.io/revision-history": "1",
    });
  });

  it("fails no request when one of two pods is deleted, and brings back a second", async () => {
    const url = expose("web");
    await deploy({ name: "web", replicas: 2 });
    const traffic = load(url);
    const victim = cluster.pods("web")[0] as KubeObject;
    cluster.store.delete("pods", NAMESPACE, victim.metadata.name);
    await cluster.until("replacement", () => {
      const ready = cluster.pods("web").filter(isReady);
      return ready.length === 2 && ready.every(({ metadata }) => metadata.uid !== victim.metadata.uid);
    });
    await cluster.until("the victim's end", () => !cluster.store.get("pods", NAMESPACE, victim.metadata.name));
    expect(await traffic.stop()).toEqual([]);
    expect(traffic.answers.length).toBeGreaterThan(0);
  });

  it("never runs two pods at once of a Deployment that is recreated", async () => {
    const spec = { strategy: { type: "Recreate" } };
    await deploy({ name: "single", spec });
    let most = 0;
    const count = cluster.store.subscribe(() => {
      const running = cluster.pods("single").filter((pod) => pod.status?.containerStatuses?.[0]?.state.running);
      most = Math.max(most, running.length);
    });
    setV("single", "2");
    await cluster.until("the new pod", isSettled("single", 2));
    count();
    expect(most).toBe(1);
  });

  it("does not roll while paused, and rolls when resumed", async () => {
    await deploy({ name: "web" });
    const pause = (paused: boolean) => {
      const next = structuredClone(live("web")) as KubeObject;
      next.spec.paused = paused;
      cluster.store.update("deployments.apps", next);
    };
    pause(true);
    setV("web", "2");
    const paused = () => live("web")?.status.conditions.find(({ type }: { type: string }) => type === "Progressing");
    await cluster.until("DeploymentPaused", () => live("web")?.status.observedGeneration === 3 && paused());
    expect(paused().reason).toBe("DeploymentPaused");
    expect(cluster.store.list("replicasets.apps", NAMESPACE)).toHaveLength(1);
    pause(false);
    await cluster.until("rollout", isSettled("web", 4));
    expect(cluster.store.list("replicasets.apps", NAMESPACE)).toHaveLength(2);
  });

  it("serves a node port on this machine", async () => {
    const nodePort = 31_000 + Math.floor(Math.random() * 1000);
    expose("web", { type: "NodePort", ports: [{ name: "http", port: 80, targetPort: "http", nodePort }] });
    await deploy({ name: "web" });
    expect(await (await fetch(`http://127.0.0.1:${nodePort}`)).text()).toBe("ok 1");
  });
});

describe("what goes wrong", () => {
  it("restarts a crashing container with back-off and keeps its last state and previous log", async () => {
    const env = [
      { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
      { name: "EXIT_AFTER_MS", value: "100" },
      { name: "EXIT_CODE", value: "7" },
    ];
    cluster.store.create(
      "deployments.apps",
      deployment({ name: "crash", container: { env, readinessProbe: undefined } }),
    );
    const status = await cluster.until("a crash loop", () => {
      const container = containerOf("crash");
      return container?.state.waiting?.reason === "CrashLoopBackOff" && container.restartCount >= 2 && container;
    });
    const [loopedAt, count] = [performance.now(), status.restartCount];
    await cluster.until("the next run", () => containerOf("crash")?.restartCount > count);
    expect(performance.now() - loopedAt).toBeGreaterThan(300);
    expect(status.lastState.terminated).toMatchObject({ exitCode: 7, reason: "Error" });
    expect(status.state.waiting.message).toContain("restarting failed container=web pod=crash-");
    const pod = cluster.pods("crash")[0] as KubeObject;
    expect(pod.status.phase).toBe("Running");
    expect(await readLog(pod.metadata.name, { previous: true })).toContain("listening");
    expect(eventsAbout("BackOff")).not.toHaveLength(0);
  });

  it("says ErrImagePull and ImagePullBackOff of an image it does not know, and misses the progress deadline", async () => {
    const spec = { progressDeadlineSeconds: 1 };
    cluster.store.create("deployments.apps", deployment({ name: "bad", container: { image: "nowhere/none:1" }, spec }));
    const seen = new Set<string>();
    const stop = cluster.store.subscribe(({ object }) =>
      seen.add(object.status?.containerStatuses?.[0]?.state.waiting?.reason),
    );
    await cluster.until("ImagePullBackOff", () => containerOf("bad")?.state.waiting?.reason === "ImagePullBackOff");
    stop();
    expect(seen).toContain("ErrImagePull");
    expect(eventsAbout("Failed").map(({ message }) => message)).toContain("Error: ErrImagePull");
    await cluster.until("the deadline", () =>
      live("bad")?.status.conditions.some(({ reason }: { reason: string }) => reason === "ProgressDeadlineExceeded"),
    );
    await expect(readLog(cluster.pods("bad")[0]?.metadata.name ?? "")).rejects.toThrow("image can't be pulled");
  });

  it("keeps a pod that is never ready out of the endpoints while the old one serves", async () => {
    const url = expose("web");
    await deploy({ name: "web", spec: { progressDeadlineSeconds: 2 } });
    const next = structuredClone(live("web")) as KubeObject;
    next.spec.template.spec.containers[0].env[1].value = "2";
    next.spec.template.spec.containers[0].readinessProbe.httpGet.path = "/health";
    next.spec.template.spec.containers[0].readinessProbe.httpGet.port = 9;
    cluster.store.update("deployments.apps", next);
    await cluster.until("Unhealthy", () =>
      eventsAbout("Unhealthy").some(({ message }) => message.includes("connection refused")),
    );
    await cluster.until("the deadline", () =>
      live("web")?.status.conditions.some(({ reason }: { reason: string }) => reason === "ProgressDeadlineExceeded"),
    );
    expect(await (await fetch(url)).text()).toBe("ok 1");
    expect(cluster.pods("web").filter(isReady)).toHaveLength(1);
  });

  it("restarts a container whose liveness probe fails", async () => {
    const livenessProbe = { httpGet: { path: "/health", port: 8080 }, periodSeconds: 1, failureThreshold: 1 };
    const url = expose("web");
    await deploy({ name: "web", container: { livenessProbe } });
    await fetch(`${url}/break`);
    await cluster.until("a restart", () => containerOf("web")?.restartCount === 1 && containerOf("web")?.ready);
    expect(eventsAbout("Killing").map(({ message }) => message)).toContain(
      "Container web failed liveness probe, will be restarted",
    );
  });

  it("waits for a missing Secret and starts as soon as it is there", async () => {
    const env = [
      { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
      { name: "V", valueFrom: { secretKeyRef: { name: "late", key: "v" } } },
    ];
    const url = expose("web");
    cluster.store.create("deployments.apps", deployment({ name: "web", container: { env } }));
    const waiting = await cluster.until("CreateContainerConfigError", () => containerOf("web")?.state.waiting);
    await cluster.until("the reason", () => containerOf("web")?.state.waiting?.reason === "CreateContainerConfigError");
    expect(waiting).toBeDefined();
    expect(containerOf("web").state.waiting.message).toBe('secret "late" not found');
    const data = { v: Buffer.from("from-secret").toString("base64") };
    cluster.store.create("secrets", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "late", namespace: NAMESPACE },
      data,
    });
    await cluster.until("ready", isSettled("web", 1));
    expect(await (await fetch(url)).text()).toBe("ok from-secret");
  });

  it("leaves a pod Pending that asks for a GPU the node does not have", async () => {
    const resources = { limits: { "nvidia.com/gpu": "1" } };
    cluster.store.create("deployments.apps", deployment({ name: "gpu", container: { resources } }));
    await cluster.until("FailedScheduling", () => eventsAbout("FailedScheduling")[0]);
    const pod = cluster.pods("gpu")[0] as KubeObject;
    expect(pod.spec.nodeName).toBeUndefined();
    expect(pod.status).toMatchObject({
      phase: "Pending",
      conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable" }],
    });
    expect(pod.status.conditions[0].message).toContain("Insufficient nvidia.com/gpu");
  });

  it("kills a program that ignores SIGTERM once its grace period is over", async () => {
    const container = { image: "ticker:1", env: [{ name: "STUBBORN", value: "1" }], readinessProbe: undefined };
    await deploy({ name: "deaf", container, pod: { terminationGracePeriodSeconds: 1 } });
    const pod = cluster.pods("deaf")[0] as KubeObject;
    expect(processesIn(`${cluster.folder}/programs`)).not.toEqual([]);
    cluster.store.delete("deployments.apps", NAMESPACE, "deaf");
    cluster.store.delete("replicasets.apps", NAMESPACE, pod.metadata.ownerReferences?.[0]?.name ?? "");
    cluster.store.delete("pods", NAMESPACE, pod.metadata.name);
    await cluster.until("the end", () => !cluster.store.get("pods", NAMESPACE, pod.metadata.name));
    expect(processesIn(`${cluster.folder}/programs`)).toEqual([]);
  });
});

describe("what a container sees", () => {
  it("gets declared variables and nothing of ours, folders for mounts and addresses for service names", async () => {
    process.env.SLIPWAY_TEST_SECRET = "must not leak";
    const url = expose("web");
    const create = (kind: string, name: string, body: Record<string, unknown>) =>
      cluster.store.create(`${kind.toLowerCase()}s`, {
        apiVersion: "v1",
        kind,
        metadata: { name, namespace: NAMESPACE },
        ...body,
      });
    create("Secret", "token", { data: { token: Buffer.from("s3cret").toString("base64") } });
    create("ConfigMap", "settings", { data: { mode: "fast" } });
    create("PersistentVolumeClaim", "store", {
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    });
    const container = {
      args: ["--dir=/models", "--peer=http://web.test.svc:80/x", "$(V)", "/modelsX"],
      resources: { limits: { cpu: "1500m" } },
      env: [
        { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
        { name: "V", value: "9" },
        { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        { name: "APP", valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
        { name: "CPUS", valueFrom: { resourceFieldRef: { resource: "limits.cpu" } } },
        { name: "TOKEN", valueFrom: { secretKeyRef: { name: "token", key: "token" } } },
        { name: "MODE", valueFrom: { configMapKeyRef: { name: "settings", key: "mode" } } },
        { name: "NONE", valueFrom: { secretKeyRef: { name: "absent", key: "x", optional: true } } },
        { name: "URL", value: "http://web.test.svc.cluster.local/$(V)" },
        { name: "MODEL", value: "/models/model.onnx" },
        { name: "SECRET_FILE", value: "/secrets/token" },
        { name: "CLAIM", value: "/claim" },
      ],
      volumeMounts: [
        { name: "models", mountPath: "/models" },
        { name: "secrets", mountPath: "/secrets" },
        { name: "claim", mountPath: "/claim" },
      ],
    };
    const fetchModel = {
      name: "fetch",
      image: "shell:1",
      args: ["-c", "sleep 0.1; echo weights > /models/model.onnx"],
      volumeMounts: [{ name: "models", mountPath: "/models" }],
    };
    const volumes = [
      { name: "models", emptyDir: {} },
      { name: "secrets", secret: { secretName: "token" } },
      { name: "claim", persistentVolumeClaim: { claimName: "store" } },
    ];
    const pod = { serviceAccountName: "runner", initContainers: [fetchModel], volumes };
    await deploy({ name: "web", container, pod });
    const { env, args } = (await (await fetch(`${url}/env`)).json()) as { env: Record<string, string>; args: string[] };
    const address = url.replace("http://", "");
    expect(env).not.toHaveProperty("SLIPWAY_TEST_SECRET");
    expect(env).not.toHaveProperty("NONE");
    expect(env).toMatchObject({
      APP: "web",
      CPUS: "2",
      TOKEN: "s3cret",
      MODE: "fast",
      IN_IMAGE: "image",
      URL: `http://${address}/9`,
    });
    expect(env.POD_NAME).toBe(cluster.pods("web")[0]?.metadata.name);
    expect(readFileSync(env.MODEL ?? "", "utf8")).toBe("weights\n");
    expect(readFileSync(env.SECRET_FILE ?? "", "utf8")).toBe("s3cret");
    expect(existsSync(env.CLAIM ?? "")).toBe(true);
    expect(JSON.parse(readFileSync(env.KUBECONFIG ?? "", "utf8")).users[0].user.token).toBe("test-token");
    expect(args).toEqual([
      `--dir=${env.MODEL?.replace("/model.onnx", "")}`,
      `--peer=http://${address}:80/x`,
      "9",
      "/modelsX",
    ]);
    const status = cluster.pods("web")[0]?.status;
    expect(status.initContainerStatuses[0].state.terminated).toMatchObject({ exitCode: 0, reason: "Completed" });
    expect(cluster.store.get("persistentvolumeclaims", NAMESPACE, "store")?.status).toMatchObject({ phase: "Bound" });
  });
});
