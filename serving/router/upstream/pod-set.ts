import { PodConnection } from "./pod-connection.ts";

/** `id` tells a pod from its successor at the same address. */
export type PodAddress = { id: string; host: string; port: number };

const UNREACHABLE_EJECT_MS = 1_000;
const FAILING_EJECT_MS = 5_000;
const EJECT_MS_MAX = 30_000;
/** Kept open to one pod while nobody uses them; a burst may have needed more. */
const IDLE_MAX = 128;
/** Answers 502 to 504 and missed deadlines in a row before a pod that does accept connections is set aside. */
const FAILURES_IN_A_ROW = 5;

/** A ready pod with its idle connections and what experience says of it. Times are `performance.now()` milliseconds. */
export class Pod {
  readonly address: PodAddress;
  /** For the Host header. */
  readonly authority: string;
  outstanding = 0;
  ejectedUntilMs = 0;
  private removed = false;
  private idle: PodConnection[] = [];
  private failures = 0;
  private ejections = 0;
  private readonly owner = {
    onIdle: (connection: PodConnection) => {
      if (this.removed) {
        connection.abort();
        return;
      }
      this.idle.push(connection);
      // The first is the one used longest ago.
      if (this.idle.length > IDLE_MAX) this.idle.shift()?.abort();
    },
    onClosed: (connection: PodConnection) => {
      const at = this.idle.indexOf(connection);
      if (at >= 0) this.idle.splice(at, 1);
    },
  };

  constructor(address: PodAddress) {
    this.address = address;
    this.authority = `${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}`;
  }

  /** An idle connection, the last used first; a new one when there is none or `fresh` asks for it. */
  connection(nowMs: number, fresh: boolean): PodConnection {
    while (!fresh) {
      const connection = this.idle.pop();
      if (connection === undefined) break;
      if (connection.isFresh(nowMs)) return connection;
      connection.abort();
    }
    return new PodConnection(this.address.host, this.address.port, this.owner);
  }

  succeeded(): void {
    this.failures = 0;
    this.ejections = 0;
  }

  /** The pod refused a new connection or broke it. */
  unreachable(nowMs: number): void {
    // A pod that comes back must not wait for what its predecessors' doubling came to, hence the ceiling.
    this.eject(nowMs, UNREACHABLE_EJECT_MS);
  }

  /** The pod answered 502 to 504 or missed a deadline. True when it has done so too often in a row. */
  failed(): boolean {
    this.failures++;
    return this.failures >= FAILURES_IN_A_ROW;
  }

  setAside(nowMs: number): void {
    this.eject(nowMs, FAILING_EJECT_MS);
  }

  remove(): void {
    this.removed = true;
    for (const connection of [...this.idle]) connection.abort();
    this.idle = [];
  }

  private eject(nowMs: number, baseMs: number): void {
    if (this.ejectedUntilMs > nowMs) return;
    this.ejectedUntilMs = nowMs + Math.min(baseMs * 2 ** this.ejections, EJECT_MS_MAX);
    this.ejections = Math.min(this.ejections + 1, 10);
    this.failures = 0;
  }
}

/** The ready pods of one revision. Lives as long as a plan names its service, so that an entry may hold on to it. */
export class PodSet {
  private pods: Pod[] = [];
  private turn = 0;

  get size(): number {
    return this.pods.length;
  }

  /** Pods that stay keep their connections and their record. */
  replace(addresses: readonly PodAddress[]): void {
    const known = new Map(this.pods.map((pod) => [keyOf(pod.address), pod]));
    const next = new Map<string, Pod>();
    for (const address of addresses) {
      const key = keyOf(address);
      next.set(key, known.get(key) ?? new Pod(address));
    }
    for (const [key, pod] of known) if (!next.has(key)) pod.remove();
    this.pods = [...next.values()];
  }

  addresses(): PodAddress[] {
    return this.pods.map((pod) => pod.address);
  }

  /** Whether a pod is ready and not set aside. */
  usable(nowMs: number): boolean {
    for (const pod of this.pods) if (pod.ejectedUntilMs <= nowMs) return true;
    return false;
  }

  /**
   * The pod with the fewest requests outstanding, in turn among equals. One set aside only when all are, since trying
   * beats refusing; `not` only when no other would do. Undefined when the revision has no ready pod.
   */
  pick(nowMs: number, not?: Pod): Pod | undefined {
    const count = this.pods.length;
    this.turn = this.turn + 1 >= count ? 0 : this.turn + 1;
    let best: Pod | undefined;
    for (let i = 0; i < count; i++) {
      const at = this.turn + i;
      const pod = this.pods[at < count ? at : at - count];
      if (pod === undefined || pod === not) continue;
      if (best === undefined || isBetter(pod, best, nowMs)) best = pod;
    }
    if (not === undefined || !this.pods.includes(not)) return best;
    const onlyWorse = best === undefined || (best.ejectedUntilMs > nowMs && not.ejectedUntilMs <= nowMs);
    return onlyWorse ? not : best;
  }

  /** Sets a pod aside that keeps answering badly, but never more than half of them: all may be overloaded. */
  reportFailure(pod: Pod, nowMs: number): void {
    if (!pod.failed()) return;
    const aside = this.pods.filter((other) => other.ejectedUntilMs > nowMs).length;
    if ((aside + 1) * 2 <= this.pods.length) pod.setAside(nowMs);
  }
}

const keyOf = ({ id, host, port }: PodAddress) => `${id}@${host}:${port}`;

function isBetter(pod: Pod, than: Pod, nowMs: number): boolean {
  const out = pod.ejectedUntilMs > nowMs;
  if (out !== than.ejectedUntilMs > nowMs) return !out;
  if (out && pod.ejectedUntilMs !== than.ejectedUntilMs) return pod.ejectedUntilMs < than.ejectedUntilMs;
  return pod.outstanding < than.outstanding;
}
