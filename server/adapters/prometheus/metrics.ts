import { z } from "zod";
import { DomainError } from "#domain/shared/errors.ts";
import type { MetricsSource, Sample } from "#server/ports/metrics.ts";

const ANSWER_MS_MAX = 10_000;

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
export function prometheusMetrics(baseUrl: URL | undefined, now: () => Date): MetricsSource {
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
      const limited = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
      const response = await fetch(url, { method: "POST", body, signal: limited }).catch((cause: unknown) => {
        throw away(cause);
      });
      if (response.status >= 500) throw away(`status ${response.status}`);
      if (!response.ok) throw new Error(`Prometheus refused ${promql}: ${response.status} ${await response.text()}`);
      const parsed = matrixSchema.parse(await response.json());
      silentSince = null;
      return parsed.data.result.map(toSample);
    },
  };
}

const toSample = ({ metric, values }: z.output<typeof matrixSchema>["data"]["result"][number]): Sample => ({
  labels: metric,
  values: new Map(
    values.map(([at, text]) => [at, Number(text)] as const).filter(([, value]) => Number.isFinite(value)),
  ),
});

const withSlash = (url: URL) => new URL(url.href.endsWith("/") ? url.href : `${url.href}/`);
