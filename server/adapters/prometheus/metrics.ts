import { z } from "zod";
import { DomainError } from "#domain/shared/errors.ts";
import type { MetricsSource, Sample } from "#server/ports/metrics.ts";

/** How long an answer is waited for; and while it is silent, so that pages which show more than metrics do not wait too. */
const WAITS = { answerMs: 10_000, silentMs: 2_000 } as const;

// Prometheus writes sample values as text, "NaN" and "+Inf" among them.
const matrixSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
});

/** `baseUrl` undefined: this installation has no Prometheus. `now` gives the time a silence is counted from. */
export function prometheusMetrics(
  baseUrl: URL | undefined,
  now: () => Date,
  waits: Readonly<Record<keyof typeof WAITS, number>> = WAITS,
): MetricsSource {
  let silentSince: Date | null = null;

  const away = (cause: unknown) => {
    silentSince ??= now();
    return new DomainError("unavailable", "Prometheus does not answer.", {
      detail: { since: silentSince.toISOString() },
      cause,
    });
  };

  return {
    async range(promql, range, signal) {
      if (baseUrl === undefined)
        throw new DomainError("unavailable", "This installation has no Prometheus: set PROMETHEUS_URL.");
      const url = new URL("api/v1/query_range", withSlash(baseUrl));
      const body = new URLSearchParams({
        query: promql,
        start: String(range.fromSeconds),
        end: String(range.toSeconds),
        step: String(range.stepSeconds),
      });
      const limit = AbortSignal.timeout(silentSince === null ? waits.answerMs : waits.silentMs);
      const { status, text } = await send(url, body, AbortSignal.any([signal, limit])).catch((cause: unknown) => {
        // That the reader went away tells nothing of Prometheus.
        throw signal.aborted ? new DomainError("unavailable", "Nobody waits for this answer.", { cause }) : away(cause);
      });
      if (status >= 500) throw away(`status ${status}`);
      if (status >= 400) throw new Error(`Prometheus refused ${promql}: ${status} ${text}`);
      const parsed = matrixSchema.parse(JSON.parse(text));
      silentSince = null;
      return parsed.data.result.map(toSample);
    },
  };
}

/** The whole answer: what stops in the middle of it is as silent as what never begins. */
async function send(url: URL, body: URLSearchParams, signal: AbortSignal): Promise<{ status: number; text: string }> {
  const response = await fetch(url, { method: "POST", body, signal });
  return { status: response.status, text: await response.text() };
}

const toSample = ({ metric, values }: z.output<typeof matrixSchema>["data"]["result"][number]): Sample => ({
  labels: metric,
  values: new Map(
    values.map(([at, text]) => [at, Number(text)] as const).filter(([, value]) => Number.isFinite(value)),
  ),
});

const withSlash = (url: URL) => new URL(url.href.endsWith("/") ? url.href : `${url.href}/`);
