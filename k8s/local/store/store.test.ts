import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "./errors.ts";
import { collectGarbage } from "./garbage.ts";
import { createStore, type Store } from "./store.ts";
import type { KubeInput, StoreEvent } from "./types.ts";

let store: Store;
beforeEach(() => {
  store = createStore({ historyLimit: 10, serviceCidr: "127.99.0.0/29" });
});
afterEach(() => store.close());

const map = (name: string, data: Record<string, string> = {}, namespace = "default"): KubeInput => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace },
  data,
});
const service = (name: string, spec: object = {}): KubeInput => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "default" },
  spec: { ports: [{ port: 80 }], selector: { app: name }, ...spec },
});
const pod = (name: string): KubeInput => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "default" },
  spec: { containers: [{ name: "c", image: "x:1" }] },
});
const refusal = (work: () => unknown): ApiError => {
  try {
    work();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};

describe("store", () => {
  it("hands out objects nobody can change", () => {
    const made = store.create("configmaps", map("a", { x: "1" }));
    expect(() => {
      made.data.x = "2";
    }).toThrow(TypeError);
    expect(Object.isFrozen(store.get("configmaps", "default", "a")?.metadata)).toBe(true);
  });

  it("does not keep the writer's own object", () => {
    const input = map("a", { x: "1" });
    store.create("configmaps", input);
    (input.data as Record<string, string>).x = "2";
    expect(store.get("configmaps", "default", "a")?.data).toEqual({ x: "1" });
  });

  it("tells every listener in version order, also of what listeners write", () => {
    const seen: string[] = [];
    store.subscribe(({ type, object }) => {
      if (type === "ADDED" && object.metadata.name === "first") store.create("configmaps", map("second"));
    });
    store.subscribe(({ object }: StoreEvent) => seen.push(object.metadata.name));
    store.create("configmaps", map("first"));
    expect(seen).toEqual(["first", "second"]);
  });

  it("writes nothing and tells nobody when nothing changes", () => {
    const made = store.create("configmaps", map("a", { x: "1" }));
    let told = 0;
    store.subscribe(() => {
      told += 1;
    });
    expect(store.update("configmaps", { ...made, data: { x: "1" } })).toBe(made);
    expect(told).toBe(0);
  });

  it("leaves status alone in updates and everything else in status updates", () => {
    const made = store.create("pods", pod("p"));
    expect(made.status).toEqual({ phase: "Pending", qosClass: "BestEffort" });
    const running = store.updateStatus("pods", { ...made, spec: {}, status: { phase: "Running" } });
    expect(running.spec).toEqual(made.spec);
    expect(running.metadata.generation).toBe(1);
    const labelled = store.update("pods", {
      ...running,
      metadata: { ...running.metadata, labels: { a: "b" } },
      status: {},
    });
    expect(labelled.status).toEqual({ phase: "Running" });
  });

  it("removes an unscheduled pod at once, and gives a scheduled one its grace", () => {
    store.create("pods", pod("free"));
    expect(store.delete("pods", "default", "free")).toBeUndefined();
    const made = store.create("pods", pod("bound"));
    store.update("pods", { ...made, spec: { ...made.spec, nodeName: "local" } });
    const stopping = store.delete("pods", "default", "bound");
    expect(stopping?.metadata).toMatchObject({ deletionGracePeriodSeconds: 30, generation: 2 });
    expect(store.delete("pods", "default", "bound")).toBe(stopping);
    expect(
      store.delete("pods", "default", "bound", { gracePeriodSeconds: 5 })?.metadata.deletionGracePeriodSeconds,
    ).toBe(5);
    expect(store.delete("pods", "default", "bound", { gracePeriodSeconds: 0 })).toBeUndefined();
    expect(store.get("pods", "default", "bound")).toBeUndefined();
  });

  it("remembers so many events and says when older ones are asked for", () => {
    const from = store.currentVersion();
    for (let i = 0; i < 11; i++) store.create("configmaps", map(`m${i}`));
    expect(store.eventsSince(from + 1)).toHaveLength(10);
    expect(refusal(() => store.eventsSince(from)).code).toBe(410);
  });

  it("gives each Service an address of its own and takes it back", () => {
    const addresses = ["a", "b", "c", "d", "e", "f"].map(
      (name) => store.create("services", service(name)).spec.clusterIP,
    );
    expect(new Set(addresses).size).toBe(6);
    expect(refusal(() => store.create("services", service("full"))).code).toBe(422);
    store.delete("services", "default", "c");
    expect(store.create("services", service("next")).spec.clusterIP).toBe(addresses[2]);
    expect(store.create("services", service("none", { clusterIP: "None" })).spec.clusterIP).toBe("None");
  });

  it("lets no two Services have the same node port, and keeps it over updates that do not name it", () => {
    const ports = [{ port: 80, nodePort: 8088 }];
    const made = store.create("services", service("a", { type: "NodePort", ports }));
    const taken = refusal(() => store.create("services", service("b", { type: "LoadBalancer", ports })));
    expect(taken.message).toContain("provided port is already allocated");
    const { clusterIP: _ip, clusterIPs: _ips, ...spec } = made.spec;
    const again = store.update("services", {
      ...made,
      spec: { ...spec, ports: [{ port: 80 }], selector: { app: "z" } },
    });
    expect(again.spec.ports[0].nodePort).toBe(8088);
    expect(again.spec.clusterIP).toBe(made.spec.clusterIP);
    store.delete("services", "default", "a");
    expect(store.create("services", service("c", { type: "NodePort", ports })).spec.ports[0].nodePort).toBe(8088);
  });

  it("collects later what it could not delete at once, as on a full disk", async () => {
    let refusals = 0;
    const refusing: Store = {
      ...store,
      delete(...call) {
        if (refusals++ < 2) throw new Error("ENOSPC: no space left on device");
        return store.delete(...call);
      },
    };
    const stop = collectGarbage(refusing, () => {});
    const owner = store.create("configmaps", map("owner"));
    const { uid } = owner.metadata;
    const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name: "owner", uid }];
    const orphaned = map("owned");
    store.create("configmaps", { ...orphaned, metadata: { ...orphaned.metadata, ownerReferences } });
    const gone = new Promise<string>((resolve) =>
      store.subscribe(({ type, object }) => type === "DELETED" && object.metadata.name === "owned" && resolve("gone")),
    );
    store.delete("configmaps", "default", "owner");
    expect(await gone).toBe("gone");
    stop();
  });

  it("knows an object's owners by what is stored, not by what its deleter says", () => {
    const owner = store.create("configmaps", map("owner"));
    const { uid } = owner.metadata;
    const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name: "owner", uid }];
    const input = map("owned");
    const made = store.create("configmaps", {
      ...input,
      metadata: { ...input.metadata, ownerReferences, finalizers: ["example.com/wait"] },
    });
    const marked = store.delete("configmaps", "default", "owned") ?? made;
    // The write that releases it also drops its owner.
    store.update("configmaps", { ...marked, metadata: { ...marked.metadata, finalizers: [], ownerReferences: [] } });
    store.create("configmaps", map("owned"));
    expect(store.tables.ownedBy(uid)).toEqual([]);
  });

  it("counts a pod's node as no new generation, and any other change of its spec as one", () => {
    const made = store.create("pods", {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p", namespace: "default" },
      spec: { containers: [{ name: "c", image: "i" }] },
    });
    const bound = store.update("pods", { ...made, spec: { ...made.spec, nodeName: "here" } });
    expect(bound.metadata.generation).toBe(1);
    const spec = { ...bound.spec, activeDeadlineSeconds: 60 };
    expect(store.update("pods", { ...bound, spec }).metadata.generation).toBe(2);
  });

  it("ignores a prototype in a hostile body", () => {
    const input = JSON.parse(
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"h","namespace":"default"},"data":{"__proto__":{"x":"1"}}}',
    );
    store.create("configmaps", input);
    expect(({} as { x?: string }).x).toBeUndefined();
  });
});
