import { until } from "./until.ts";

/** One answer of the REST API; `body` is whatever JSON came. */
// biome-ignore lint/suspicious/noExplicitAny: a journey reads the answer as a user's script would, without our types.
export type Answer = { status: number; headers: Headers; body: any };
export type Api = ReturnType<typeof connectApi>;

/** The REST API as a script would use it: a base address and a bearer token. */
export function connectApi(base: string, token: string) {
  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const raw = body instanceof Uint8Array;
    const response = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": raw ? "application/octet-stream" : "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: raw ? Buffer.from(body) : JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
  }

  async function ok(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const answer = await call(method, path, body, headers);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Waits until the endpoint is as `is` says. */
  const untilIs = (endpoint: string, is: (found: Answer["body"]) => boolean, timeoutMs = 60_000) =>
    until(
      `${endpoint} as expected`,
      async () => {
        const found = await ok("GET", `/endpoints/${endpoint}`);
        return is(found) ? found : undefined;
      },
      timeoutMs,
    );

  /** Waits until the endpoint's plan (its newest, or `number`) has been applied, and gives the endpoint. */
  const applied = (endpoint: string, number?: number, timeoutMs = 60_000) =>
    until(
      `plan ${number ?? "newest"} of ${endpoint} applied`,
      async () => {
        const found = await ok("GET", `/endpoints/${endpoint}`);
        const reached = number === undefined || found.plan.number >= number;
        if (found.plan.status === "failed") throw new Error(`plan failed: ${JSON.stringify(found)}`);
        return reached && found.plan.status === "applied" ? found : undefined;
      },
      timeoutMs,
    );

  /** Uploads the bytes and registers them as the model's next version; creates the model when it is new. */
  async function register(model: string, bytes: Uint8Array): Promise<{ version: string; signature: unknown }> {
    const made = await call("POST", "/models", { name: model });
    if (made.status !== 201 && made.body.code !== "name_taken") throw new Error(JSON.stringify(made.body));
    const { digest } = await ok("PUT", "/artifacts", bytes);
    return ok("POST", `/models/${encodeURIComponent(model)}/versions`, { artifact: digest });
  }

  const deploy = (endpoint: string, model: string, version: string, more: Record<string, unknown> = {}) =>
    ok("POST", `/endpoints/${endpoint}/revisions`, { model, version, ...more });

  /** Changes traffic on top of whatever plan is newest. */
  async function traffic(
    endpoint: string,
    entries: { revision: number; weightPercent: number; role?: "live" | "shadow" }[],
    reason?: string,
  ) {
    const { plan } = await ok("GET", `/endpoints/${endpoint}`);
    const headers = { "if-match": `"${plan.number}"` };
    return ok(
      "PUT",
      `/endpoints/${endpoint}/traffic`,
      { entries, ...(reason === undefined ? {} : { reason }) },
      headers,
    );
  }

  return { base, token, call, ok, applied, untilIs, register, deploy, traffic };
}
