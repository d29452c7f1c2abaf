import type { Entry, Plan } from "../plans/compile.ts";
import type { ExchangeHandler } from "../upstream/pod-connection.ts";
import type { PodSet } from "../upstream/pod-set.ts";
import { REFUSAL } from "./answers.ts";
import type { ByteBudget } from "./body.ts";

/** `body` null: none; undefined: it passed through and cannot be copied. */
export type CopiedRequest = { method: string; path: string; forwarded: string; body: Buffer | null | undefined };

export const SHADOW_CONCURRENCY = 8;
export const SHADOW_QUEUE = 32;

type Copy = { entry: Entry; request: CopiedRequest; timeoutMs: number; bytes: number };
type Lane = { active: number; waiting: Copy[] };

/**
 * Copies of live requests for shadow entries, sent once the live answer is out. Each shadow has a few connections and a
 * short queue of its own; a copy that finds both full is dropped and counted, so that a shadow that hangs holds nothing up.
 */
export class Shadows {
  private readonly lanes = new WeakMap<PodSet, Lane>();
  private readonly budget: ByteBudget;
  private readonly random: () => number;

  constructor(budget: ByteBudget, random: () => number) {
    this.budget = budget;
    this.random = random;
  }

  offer(plan: Plan, request: CopiedRequest): void {
    for (const entry of plan.shadows) {
      if (this.random() * 10_000 >= entry.shadowBps) continue;
      this.enqueue({ entry, request, timeoutMs: plan.wire.timeoutMs, bytes: request.body?.length ?? 0 });
    }
  }

  private enqueue(copy: Copy): void {
    const lane = this.laneOf(copy.entry.pods);
    const full = lane.active >= SHADOW_CONCURRENCY && lane.waiting.length >= SHADOW_QUEUE;
    if (copy.request.body === undefined || full || !this.budget.take(copy.bytes)) {
      copy.entry.metrics.shadowDropped++;
      return;
    }
    lane.waiting.push(copy);
    // The live answer's last bytes leave in this turn of the event loop, the copy in a later one.
    setImmediate(() => this.pump(lane));
  }

  private pump(lane: Lane): void {
    while (lane.active < SHADOW_CONCURRENCY) {
      const copy = lane.waiting.shift();
      if (copy === undefined) return;
      lane.active++;
      send(copy, () => {
        lane.active--;
        this.budget.give(copy.bytes);
        setImmediate(() => this.pump(lane));
      });
    }
  }

  private laneOf(pods: PodSet): Lane {
    const known = this.lanes.get(pods);
    if (known !== undefined) return known;
    const lane = { active: 0, waiting: [] };
    this.lanes.set(pods, lane);
    return lane;
  }
}

/** Sends one copy, discards the answer, calls back once. */
function send({ entry, request, timeoutMs }: Copy, done: () => void): void {
  const startedMs = performance.now();
  const pod = entry.pods.pick(startedMs);
  if (pod === undefined) {
    entry.metrics.record("shadow", REFUSAL.no_ready_pods, 0);
    done();
    return;
  }
  // Always a new or idle connection of the shadow's own pods: live requests never wait behind a copy.
  const connection = pod.connection(startedMs, false);
  pod.outstanding++;
  let status = 0;
  const settle = (code: number) => {
    clearTimeout(timer);
    pod.outstanding--;
    entry.metrics.record("shadow", code, performance.now() - startedMs);
    done();
  };
  const timer = setTimeout(() => {
    connection.abort();
    settle(REFUSAL.deadline_exceeded);
  }, timeoutMs);
  const handler: ExchangeHandler = {
    onHead(head) {
      status = head.status;
    },
    onBody(_chunk, last) {
      if (last) settle(status);
    },
    onFailure(failure) {
      if (failure.kind === "connect") pod.unreachable(performance.now());
      settle(REFUSAL.pod_failed);
    },
  };
  const length =
    request.body === null || request.body === undefined ? "" : `content-length: ${request.body.length}\r\n`;
  const head = `${request.method} ${request.path} HTTP/1.1\r\nhost: ${pod.authority}\r\n${request.forwarded}${length}\r\n`;
  const body = request.body ?? undefined;
  connection.send({ head, body, streamed: false, headOnly: request.method === "HEAD" }, handler);
}
