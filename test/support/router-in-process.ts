import { Agent, type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { PlanWire } from "#domain/traffic/wire.ts";
import { createRouter } from "#serving/router/router.ts";
import type { PodAddress } from "#serving/router/upstream/pod-set.ts";

export type Answer = { status: number; headers: IncomingHttpHeaders; body: string };
export type Ask = {
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  /** Chunks are sent with chunked encoding, a string with its length. */
  body?: string | Buffer | readonly Buffer[];
  signal?: AbortSignal;
};

const INFER = "/iris/v2/models/iris/infer";

/** The real router, fed by the test instead of a cluster. */
export async function startRouterInProcess(random?: () => number) {
  const router = createRouter("local", { ready: () => true, stalenessSeconds: () => 0 }, random);
  const agent = new Agent({ keepAlive: true });
  await new Promise<void>((resolve) => router.server.listen(0, "127.0.0.1", resolve));
  const { port } = router.server.address() as AddressInfo;

  function ask({ path = INFER, method = "POST", headers = {}, body = "{}", signal }: Ask = {}): Promise<Answer> {
    const sent = method === "GET" || method === "HEAD" ? undefined : body;
    return new Promise((resolve, reject) => {
      const length =
        typeof sent === "string" || Buffer.isBuffer(sent) ? { "content-length": Buffer.byteLength(sent) } : {};
      const outgoing = request({
        host: "127.0.0.1",
        port,
        path,
        method,
        agent,
        headers: { ...length, ...headers },
        signal,
      });
      outgoing.on("error", reject);
      outgoing.on("response", (res) => {
        text(res).then((body) => resolve({ status: res.statusCode ?? 0, headers: res.headers, body }), reject);
      });
      if (Array.isArray(sent)) for (const chunk of sent) outgoing.write(chunk);
      outgoing.end(Array.isArray(sent) ? undefined : sent);
    });
  }

  return {
    port,
    router,
    agent,
    ask,
    setPlan: (plan: PlanWire) =>
      router.table.applyPlan(`${plan.endpoint}-plan`, JSON.stringify(plan), performance.now()),
    setPods: (service: string, ...pods: { address: PodAddress }[]) =>
      router.table.setPods(
        service,
        pods.map((pod) => pod.address),
      ),
    /** Value of a series whose labels contain all of `labels`; 0 when there is none. */
    async metric(name: string, labels: Record<string, string | number>): Promise<number> {
      const { body } = await ask({ path: "/metrics", method: "GET" });
      const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
      const lines = body
        .split("\n")
        .filter((l) => l.startsWith(`${name}{`) && wanted.every((pair) => l.includes(pair)));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
    },
    async close() {
      agent.destroy();
      const closed = new Promise((resolve) => router.server.close(resolve));
      router.server.closeAllConnections();
      await closed;
    },
  };
}
export type RouterInProcess = Awaited<ReturnType<typeof startRouterInProcess>>;

export const podOf = (answer: Answer): string => (JSON.parse(answer.body) as { pod: string }).pod;
