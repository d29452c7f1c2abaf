import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { timestamp } from "../controllers/objects.ts";
import type { KubeObject } from "../store/types.ts";
import { writeWhole } from "../whole-file.ts";
import { saveAddress, savedAddress } from "./addresses.ts";
import { Container, type ContainerHost } from "./container.ts";
import type { LaunchContext, PodFolders } from "./container-launch.ts";
import type { FullContainerSpec } from "./container-probes.ts";
import type { NodeContext } from "./context.ts";
import { ConfigError, type EnvContext } from "./env.ts";
import type { LogTarget } from "./logs.ts";
import { podStatus } from "./pod-status.ts";
import { prepareVolumes } from "./volumes.ts";

const DEFAULT_GRACE_SECONDS = 30;
/** A pod removed by force gets this long before its programs are killed. */
const FORCED_GRACE_MS = 2000;
/** Between leaving the endpoints and SIGTERM: proxies and routers learn of it first and send nothing into a closed door. */
const ENDPOINTS_SETTLE_MS = 50;
const RETRY_MS = 1000;

/** Everything of one pod on this machine: its folder, address, volumes and containers. */
export class PodWorker {
  private readonly node: NodeContext;
  private pod: KubeObject;
  private readonly folder: string;
  private readonly inits: Container[];
  private readonly mains: Container[];
  private readonly startTime: string;
  private podIp: string | undefined;
  private folders: PodFolders | undefined;
  private mountTimer: NodeJS.Timeout | undefined;
  private mountProblem = "";
  /** Nothing starts any more. */
  private stopping = false;
  private ending: Promise<void> | undefined;

  constructor(node: NodeContext, pod: KubeObject) {
    this.node = node;
    this.pod = pod;
    this.folder = join(node.podsDir, pod.metadata.uid);
    mkdirSync(join(this.folder, "home"), { recursive: true, mode: 0o700 });
    mkdirSync(join(this.folder, "tmp"), { recursive: true, mode: 0o700 });
    this.startTime = pod.status?.startTime ?? timestamp(Date.now());
    this.podIp = savedAddress(this.folder);
    const make = (init: boolean) => (spec: FullContainerSpec) => new Container(spec, init, this.hostOf(spec.name));
    this.inits = (pod.spec.initContainers ?? []).map(make(true));
    this.mains = pod.spec.containers.map(make(false));
  }

  get uid(): string {
    return this.pod.metadata.uid;
  }

  private advance(): void {
    if (this.stopping || this.isFinished() || !this.prepare()) return;
    for (const init of this.inits) {
      if (init.isDone()) continue;
      init.advance();
      return;
    }
    for (const main of this.mains) main.advance();
  }

  /** Starts what is due, and resumes the probes of programs that run since before this kubelet. */
  begin(): void {
    if (this.pod.metadata.deletionTimestamp === undefined) this.settle();
  }

  /** A Secret, ConfigMap or claim of the pod's namespace changed. */
  retryNow(): void {
    if (this.mountTimer !== undefined) {
      clearTimeout(this.mountTimer);
      this.mountTimer = undefined;
      this.advance();
    }
    if (!this.stopping && this.folders !== undefined)
      for (const container of [...this.inits, ...this.mains]) container.retryNow();
  }

  /** The pod was asked to go: stops it within its grace period, then removes the object. */
  terminate(): Promise<void> {
    this.ending ??= this.finish().catch((error: unknown) => {
      this.ending = undefined;
      throw error;
    });
    return this.ending;
  }

  /** The object is gone already, or never was on disk: stops the programs and forgets the pod. */
  async discard(): Promise<void> {
    await this.stopAll(FORCED_GRACE_MS, false);
    if (this.ending !== undefined) await this.ending.catch(() => undefined);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
    if (this.podIp !== undefined) this.node.addresses.release(this.podIp);
  }

  /** The node goes down: programs stop, the pod stays and starts again with the node. */
  async shutdown(maxGraceMs: number): Promise<void> {
    const seconds: number = this.pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
    await this.stopAll(Math.min(seconds * 1000, maxGraceMs), false);
  }

  logTarget(container: string, previous: boolean): LogTarget | undefined {
    const found = [...this.inits, ...this.mains].find(({ spec }) => spec.name === container);
    if (found === undefined) return undefined;
    const { state } = found.view;
    const waiting = state.kind === "waiting" ? state.reason : undefined;
    return { folder: found.runFolder(previous), waiting, ended: () => found.ended() };
  }

  private hostOf(name: string): ContainerHost {
    return {
      node: this.node,
      pod: () => this.current(),
      folder: join(this.folder, "containers", name),
      launchContext: () => this.launchContext(),
      changed: () => this.settle(),
    };
  }

  /** Writes the status and starts what is due; tries again when the store refuses, as it does on a full disk. */
  private settle(): void {
    try {
      this.publish();
      this.advance();
    } catch (error) {
      this.node.onError(`status of pod ${this.pod.metadata.name}`, error);
      setTimeout(() => this.settle(), RETRY_MS).unref();
    }
  }

  private current(): KubeObject {
    const found = this.node.store.get("pods", this.pod.metadata.namespace, this.pod.metadata.name);
    if (found?.metadata.uid === this.pod.metadata.uid) this.pod = found;
    return this.pod;
  }

  private isFinished(): boolean {
    const all = [...this.inits, ...this.mains];
    const failedInit = this.inits.some(
      (init) => init.isDone() && init.view.state.kind === "terminated" && init.view.state.terminated.exitCode !== 0,
    );
    return failedInit || all.every((container) => container.isDone());
  }

  /** Address, volumes and credentials. False while something they need is missing; then it comes back by itself. */
  private prepare(): boolean {
    if (this.folders !== undefined) return true;
    if (this.mountTimer !== undefined) return false;
    try {
      if (this.podIp === undefined) {
        this.podIp = this.node.addresses.take();
        saveAddress(this.folder, this.podIp);
      }
      this.folders = this.makeFolders();
      return true;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== this.mountProblem)
        this.node.record({
          about: this.current(),
          type: "Warning",
          reason: "FailedMount",
          message,
          component: "kubelet",
        });
      this.mountProblem = message;
      this.mountTimer = setTimeout(() => {
        this.mountTimer = undefined;
        // Nobody catches what a timer throws, and a full disk makes the status throw.
        this.settle();
      }, this.node.backoffMs).unref();
      this.publish();
      return false;
    }
  }

  private makeFolders(): PodFolders {
    const { namespace = "", name } = this.pod.metadata;
    const { serviceAccountName, automountServiceAccountToken } = this.pod.spec;
    const credentials =
      automountServiceAccountToken === false || !serviceAccountName
        ? undefined
        : this.node.credentials(namespace, serviceAccountName);
    const kubeconfig = join(this.folder, "kubeconfig");
    if (credentials !== undefined) writeWhole(kubeconfig, credentials.kubeconfig);
    const volumes = prepareVolumes(this.pod, {
      ...this.envContext(),
      volumesDir: join(this.folder, "volumes"),
      claimFolder: (claim) => this.claimFolder(namespace, claim),
      token: () => credentials?.token,
    });
    if (this.podIp === undefined) throw new ConfigError(`pod ${name} has no address`);
    return {
      home: join(this.folder, "home"),
      temporary: join(this.folder, "tmp"),
      volumes,
      kubeconfig: credentials === undefined ? undefined : kubeconfig,
    };
  }

  private claimFolder(namespace: string, name: string): string | undefined {
    const claim = this.node.store.get("persistentvolumeclaims", namespace, name);
    return claim === undefined ? undefined : join(this.node.claimsDir, claim.metadata.uid);
  }

  private envContext(): EnvContext {
    const pod = this.current();
    return {
      pod,
      podIp: this.podIp ?? "",
      hostIp: this.node.hostIp,
      machine: this.node.machine,
      get: (resource, name) => this.node.store.get(resource, pod.metadata.namespace, name),
    };
  }

  private launchContext(): LaunchContext {
    // A pod that was on its way out when an earlier kubelet ended has not been prepared by this one.
    if (!this.prepare() || this.folders === undefined) throw new ConfigError("the pod's volumes are not ready");
    const service = (namespace: string, name: string) => this.node.store.get("services", namespace, name);
    return { ...this.envContext(), folders: this.folders, service };
  }

  private publish(): void {
    const pod = this.node.store.get("pods", this.pod.metadata.namespace, this.pod.metadata.name);
    if (pod?.metadata.uid !== this.pod.metadata.uid) return;
    const view = {
      init: this.inits.map(({ view }) => view),
      main: this.mains.map(({ view }) => view),
      podIp: this.podIp,
      hostIp: this.node.hostIp,
      startTime: this.startTime,
    };
    const status = podStatus(pod, view, Date.now());
    if (!isDeepStrictEqual(status, pod.status)) this.node.store.updateStatus("pods", { ...pod, status }, "kubelet");
  }

  private async stopAll(graceMs: number, preStop: boolean): Promise<void> {
    clearTimeout(this.mountTimer);
    this.stopping = true;
    await Promise.all(
      [...this.mains, ...this.inits].map((container) => container.terminate(graceMs, preStop && !container.init)),
    );
  }

  private async finish(): Promise<void> {
    const { deletionTimestamp, deletionGracePeriodSeconds = DEFAULT_GRACE_SECONDS } = this.current().metadata;
    // After a restart of the kubelet only what is left of the period; the timestamp has whole seconds.
    const leftMs = Math.max(Date.parse(deletionTimestamp ?? "") - Date.now(), 0) + 1000;
    const isServing = this.mains.some(({ view }) => view.ready);
    this.stopping = true;
    this.publish();
    if (isServing) await delay(ENDPOINTS_SETTLE_MS);
    await this.stopAll(Math.min(deletionGracePeriodSeconds * 1000, leftMs), true);
    this.publish();
    const { namespace, name, uid } = this.pod.metadata;
    if (this.node.store.get("pods", namespace, name)?.metadata.uid === uid)
      this.node.store.delete("pods", namespace, name, { gracePeriodSeconds: 0, uid });
  }
}
