import type { ContainerSpec } from "./env.ts";
import { type Handler, type ProbeSpec, runHandler, type Target } from "./probe.ts";
import { startProbe } from "./probe-loop.ts";

export type FullContainerSpec = ContainerSpec & {
  startupProbe?: ProbeSpec;
  readinessProbe?: ProbeSpec;
  livenessProbe?: ProbeSpec;
  terminationMessagePolicy?: string;
  lifecycle?: { preStop?: Handler & { sleep?: { seconds: number } } };
};

export type ProbeSinks = {
  onStarted: () => void;
  onReady: (ready: boolean) => void;
  /** The container must be restarted. */
  onDead: (kind: "startup" | "liveness", probe: ProbeSpec) => void;
  onFailure: (kind: "Startup" | "Readiness" | "Liveness", message: string) => void;
};

/** Startup first; readiness and liveness once it succeeded. Ends when `signal` aborts. */
export const startProbes = (
  { startupProbe, readinessProbe, livenessProbe }: FullContainerSpec,
  alreadyStarted: boolean,
  target: Target,
  sinks: ProbeSinks,
  signal: AbortSignal,
): void => {
  const check = (probe: ProbeSpec) => () => runHandler(probe, target, (probe.timeoutSeconds ?? 1) * 1000);
  const afterStart = () => {
    if (readinessProbe !== undefined) {
      const events = {
        onHealthy: () => sinks.onReady(true),
        onFailure: (message: string) => sinks.onFailure("Readiness", message),
        onUnhealthy: () => sinks.onReady(false),
      };
      startProbe(readinessProbe, true, check(readinessProbe), events, signal);
    }
    if (livenessProbe !== undefined) {
      const events = {
        onHealthy: () => undefined,
        onFailure: (message: string) => sinks.onFailure("Liveness", message),
        onUnhealthy: () => sinks.onDead("liveness", livenessProbe),
      };
      startProbe(livenessProbe, false, check(livenessProbe), events, signal);
    }
  };
  if (startupProbe === undefined || alreadyStarted) {
    afterStart();
    return;
  }
  const starting = new AbortController();
  const events = {
    onHealthy: () => {
      // It has said what it was asked for; the two that follow ask on.
      starting.abort();
      sinks.onStarted();
      afterStart();
    },
    onFailure: (message: string) => sinks.onFailure("Startup", message),
    onUnhealthy: () => sinks.onDead("startup", startupProbe),
  };
  startProbe(startupProbe, true, check(startupProbe), events, AbortSignal.any([signal, starting.signal]));
};
