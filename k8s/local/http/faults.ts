import type { Verb } from "./route.ts";

/** A request a test may spoil. */
export type FaultCall = { verb: Verb; resource: string; namespace?: string; name?: string; userAgent: string };
export type Fault =
  /** Answered with this HTTP status and nothing done. */
  | { kind: "status"; code: number; reason: string; message: string }
  /** The connection is cut without an answer. */
  | { kind: "reset" };
export type FaultRule = (call: FaultCall) => Fault | undefined;

/** Faults on purpose, for tests that run the server in their own process. Nothing else can switch them on. */
export type Faults = {
  /** Asked for each request, in the order added, until one names a fault. Answers how to take it away. */
  add(rule: FaultRule): () => void;
  find(call: FaultCall): Fault | undefined;
};

export function createFaults(): Faults {
  const rules = new Set<FaultRule>();
  return {
    add(rule) {
      rules.add(rule);
      return () => void rules.delete(rule);
    },
    find(call) {
      for (const rule of rules) {
        const fault = rule(call);
        if (fault) return fault;
      }
      return undefined;
    },
  };
}

/** The next request that `matches` meets `fault`; later ones do not. */
export function once(matches: (call: FaultCall) => boolean, fault: Fault): FaultRule {
  let spent = false;
  return (call) => {
    if (spent || !matches(call)) return undefined;
    spent = true;
    return fault;
  };
}

/** Of all that match, every second one. */
export function everySecond(matches: (call: FaultCall) => boolean, fault: Fault): FaultRule {
  let count = 0;
  return (call) => {
    if (!matches(call)) return undefined;
    count += 1;
    return count % 2 === 0 ? fault : undefined;
  };
}

export const CONFLICT: Fault = {
  kind: "status",
  code: 409,
  reason: "Conflict",
  message: "the object has been modified; please apply your changes to the latest version and try again",
};
export const SERVER_ERROR: Fault = {
  kind: "status",
  code: 500,
  reason: "InternalError",
  message: "Internal error occurred",
};
export const TOO_OLD: Fault = { kind: "status", code: 410, reason: "Expired", message: "too old resource version" };
export const RESET: Fault = { kind: "reset" };
