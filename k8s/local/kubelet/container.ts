import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { timestamp } from "../controllers/objects.ts";
import type { KubeObject } from "../store/types.ts";
import { type LaunchContext, launchOf } from "./container-launch.ts";
import { type FullContainerSpec, startProbes } from "./container-probes.ts";
import { recalled } from "./container-recall.ts";
import type { NodeContext } from "./context.ts";
import { ConfigError } from "./env.ts";
import type { Image } from "./images.ts";
import { watchLog } from "./log-times.ts";
import { type ContainerState, type ContainerView, terminatedOf } from "./pod-status.ts";
import { type Handler, type ProbeSpec, runHandler, type Target } from "./probe.ts";
import { type Exit, launch, type Running, stop } from "./processes.ts";
import { createBackoff, durationText, shouldRestart } from "./restart.ts";
import { terminationMessage } from "./termination-message.ts";

/** What a container needs of its pod. */
export type ContainerHost = {
  node: NodeContext;
  /** The pod as it is now. */
  pod: () => KubeObject;
  /** Folder of this container's runs, one numbered folder each. */
  folder: string;
  /** Throws `ConfigError` while the pod is not prepared. */
  launchContext: () => LaunchContext;
  /** The view changed: write the status, start what waits. */
  changed: () => void;
};

const lastAttempt = (folder: string): number => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return Math.max(-1, ...readdirSync(folder).map(Number).filter(Number.isInteger));
};

/** One container of a pod: a program that is started, probed, restarted with back-off and stopped. */
export class Container {
  readonly spec: FullContainerSpec;
  readonly init: boolean;
  view: ContainerView;
  private readonly host: ContainerHost;
  private readonly restartBackoff;
  private readonly pullBackoff;
  private attempt: number;
  private running: Running | undefined;
  private probes: AbortController | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopLogWatch: (() => void) | undefined;
  private terminating = false;
  private waitsForConfig = false;

  constructor(spec: FullContainerSpec, init: boolean, host: ContainerHost) {
    this.spec = spec;
    this.init = init;
    this.host = host;
    this.restartBackoff = createBackoff(host.node.backoffMs);
    this.pullBackoff = createBackoff(host.node.backoffMs);
    const reason = !init && host.pod().spec.initContainers?.length ? "PodInitializing" : "ContainerCreating";
    const state: ContainerState = { kind: "waiting", reason };
    const { name, image } = spec;
    this.view = { name, image, state, ready: false, started: false, restartCount: 0, containerId: "" };
    this.attempt = lastAttempt(host.folder);
    if (this.attempt >= 0) this.restore();
  }

  /** Ended for good: an init container that succeeded, or one the policy does not restart. */
  isDone(): boolean {
    const { state } = this.view;
    return state.kind === "terminated" && !this.mayRestart(state.terminated.exitCode);
  }

  /** Folder of the present run or of the one before it; undefined when there was none. */
  runFolder(previous: boolean): string | undefined {
    const attempt = this.attempt - (previous ? 1 : 0);
    return attempt < 0 ? undefined : join(this.host.folder, String(attempt));
  }

  /** Resolves when the present run is over. */
  async ended(): Promise<void> {
    await this.running?.exited;
  }

  /** Starts it when it is due, or probes what an earlier kubelet started; nothing while it is done or waits for its back-off. */
  advance(): void {
    if (this.terminating || this.timer !== undefined || this.isDone()) return;
    if (this.running !== undefined) {
      this.resume();
      return;
    }
    try {
      const image = this.host.node.images(this.spec.image);
      if (image === undefined) this.cannotPull();
      else this.start(image);
    } catch (error) {
      this.cannotStart(error);
    }
  }

  /** Something it may have waited for, such as a Secret, appeared. */
  retryNow(): void {
    if (!this.waitsForConfig) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.advance();
  }

  /** No restart from now on; preStop hook and SIGTERM, and SIGKILL at the end of the grace period. */
  async terminate(graceMs: number, preStop: boolean): Promise<void> {
    this.terminating = true;
    clearTimeout(this.timer);
    const { running } = this;
    if (running === undefined) return;
    this.event("Normal", "Killing", `Stopping container ${this.spec.name}`);
    const deadline = performance.now() + graceMs;
    if (preStop) await Promise.race([this.runPreStop(graceMs), running.exited]);
    this.probes?.abort();
    await stop(running, Math.max(deadline - performance.now(), 0));
  }

  private mayRestart(exitCode: number): boolean {
    return !this.terminating && shouldRestart(this.host.pod().spec.restartPolicy ?? "Always", this.init, exitCode);
  }

  private see(change: Partial<ContainerView>): void {
    this.view = { ...this.view, ...change };
  }

  private event(type: "Normal" | "Warning", reason: string, message: string): void {
    const fieldPath = `spec.${this.init ? "initContainers" : "containers"}{${this.spec.name}}`;
    this.host.node.record({ about: this.host.pod(), type, reason, message, component: "kubelet", fieldPath });
  }

  private later(delayMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.advance();
    }, delayMs).unref();
  }

  private restore(): void {
    const folder = join(this.host.folder, String(this.attempt));
    const { view, run } = recalled(this.spec, this.init, this.host.pod(), folder);
    this.see({ ...view, restartCount: this.attempt });
    if (run !== undefined) this.follow(run);
  }

  private follow(running: Running): void {
    this.running = running;
    this.stopLogWatch = watchLog(join(this.host.folder, String(this.attempt)));
    void running.exited.then((exit) => this.onExit(exit, running.startedAtMs));
  }

  private onExit(exit: Exit, startedAtMs: number): void {
    this.probes?.abort();
    this.stopLogWatch?.();
    this.running = undefined;
    const folder = join(this.host.folder, String(this.attempt));
    const terminated = {
      ...terminatedOf(exit, startedAtMs, this.view.containerId),
      ...terminationMessage(folder, this.spec.terminationMessagePolicy, exit.exitCode),
    };
    const succeeded = this.init && exit.exitCode === 0;
    this.see({ state: { kind: "terminated", terminated }, ready: succeeded, started: false });
    const delayMs = this.mayRestart(exit.exitCode) ? this.restartBackoff.next(exit.finishedAtMs - startedAtMs) : 0;
    if (delayMs > 0) this.later(delayMs);
    this.host.changed();
    if (delayMs === 0) return;
    const { name, namespace, uid } = this.host.pod().metadata;
    const where = `${name}_${namespace}(${uid})`;
    const message = `back-off ${durationText(delayMs)} restarting failed container=${this.spec.name} pod=${where}`;
    this.see({ state: { kind: "waiting", reason: "CrashLoopBackOff", message }, last: terminated });
    this.event("Warning", "BackOff", `Back-off restarting failed container ${this.spec.name} in pod ${where}`);
    this.host.changed();
  }

  private probe(target: Target): void {
    if (this.init || this.running === undefined || this.probes?.signal.aborted === false) return;
    this.probes = new AbortController();
    const sinks = {
      onStarted: () => {
        this.see({ started: true, ready: this.spec.readinessProbe === undefined });
        this.host.changed();
      },
      onReady: (ready: boolean) => {
        if (this.view.ready === ready) return;
        this.see({ ready });
        this.host.changed();
      },
      onDead: (kind: string, probe: ProbeSpec) => this.restartUnhealthy(kind, probe),
      onFailure: (kind: string, message: string) =>
        this.event("Warning", "Unhealthy", `${kind} probe failed: ${message}`),
    };
    startProbes(this.spec, this.view.started, target, sinks, this.probes.signal);
  }

  private restartUnhealthy(kind: string, { terminationGracePeriodSeconds }: ProbeSpec): void {
    if (this.running === undefined || this.terminating) return;
    this.event("Normal", "Killing", `Container ${this.spec.name} failed ${kind} probe, will be restarted`);
    const seconds: number = terminationGracePeriodSeconds ?? this.host.pod().spec.terminationGracePeriodSeconds ?? 30;
    this.probes?.abort();
    void stop(this.running, seconds * 1000);
  }

  private async runPreStop(graceMs: number): Promise<void> {
    const hook = this.spec.lifecycle?.preStop;
    if (hook?.sleep !== undefined) await delay(Math.min(hook.sleep.seconds * 1000, graceMs), undefined, { ref: false });
    else if (hook !== undefined) {
      // Whatever keeps the hook from running, such as a Secret that is gone, the program has to go.
      const failure = await this.runHook(hook, graceMs).catch((error: Error) => error.message);
      if (failure !== undefined) this.event("Warning", "FailedPreStopHook", `PreStopHook failed: ${failure}`);
    }
  }

  private async runHook(hook: Handler, timeoutMs: number): Promise<string | undefined> {
    return runHandler(hook, this.target(launchOf(this.spec, null, this.host.launchContext())), timeoutMs);
  }

  private target(launched: { env: Record<string, string>; cwd: string }): Target {
    const { podIp } = this.host.launchContext();
    return { podIp, ports: this.spec.ports ?? [], env: launched.env, cwd: launched.cwd };
  }

  /** For an adopted program the pod must be prepared first, which the constructor is too early for. */
  private resume(): void {
    if (this.init || this.probes !== undefined) return;
    try {
      this.probe(this.target(launchOf(this.spec, null, this.host.launchContext())));
    } catch (error) {
      this.host.node.onError(`probes of ${this.host.pod().metadata.name}`, error);
      this.later(this.host.node.backoffMs);
    }
  }

  private start(image: Image): void {
    this.pullBackoff.reset();
    const input = launchOf(this.spec, image, this.host.launchContext());
    rmSync(join(this.host.folder, String(this.attempt - 1)), { recursive: true, force: true });
    const running = launch({ folder: join(this.host.folder, String(this.attempt + 1)), ...input });
    this.attempt++;
    this.waitsForConfig = false;
    const before = this.view.state;
    const ungated = !this.init && this.spec.startupProbe === undefined;
    this.see({
      state: { kind: "running", startedAt: timestamp(running.startedAtMs) },
      ...(before.kind === "terminated" ? { last: before.terminated } : {}),
      containerId: `process://${running.identity.pid}`,
      restartCount: this.attempt,
      started: ungated,
      ready: ungated && this.spec.readinessProbe === undefined,
    });
    this.follow(running);
    this.probe(this.target(input));
    this.event("Normal", "Pulled", `Container image "${this.spec.image}" already present on machine`);
    this.event("Normal", "Created", "Container created");
    this.event("Normal", "Started", "Container started");
    this.host.changed();
  }

  private cannotPull(): void {
    const { image } = this.spec;
    const why = `failed to pull and unpack image "${image}": not found in the images file of this cluster`;
    this.event("Normal", "Pulling", `Pulling image "${image}"`);
    this.event("Warning", "Failed", `Failed to pull image "${image}": ${why}`);
    this.event("Warning", "Failed", "Error: ErrImagePull");
    this.later(this.pullBackoff.next(0) || this.host.node.backoffMs);
    this.see({ state: { kind: "waiting", reason: "ErrImagePull", message: why } });
    this.host.changed();
    this.event("Normal", "BackOff", `Back-off pulling image "${image}"`);
    this.event("Warning", "Failed", "Error: ImagePullBackOff");
    const message = `Back-off pulling image "${image}": ErrImagePull: ${why}`;
    this.see({ state: { kind: "waiting", reason: "ImagePullBackOff", message } });
    this.host.changed();
  }

  private cannotStart(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const { state } = this.view;
    this.waitsForConfig = error instanceof ConfigError;
    const reason = this.waitsForConfig ? "CreateContainerConfigError" : "RunContainerError";
    this.later(this.host.node.backoffMs);
    if (state.kind === "waiting" && state.message === message) return;
    this.event("Warning", "Failed", `Error: ${message}`);
    this.see({ state: { kind: "waiting", reason, message } });
    this.host.changed();
  }
}
