import { z } from "zod";
import { DomainError } from "#domain/shared/errors.ts";
import type { Config } from "#server/config/env.ts";
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

/** A silence that is met with this soon after an answer began then; of any other nobody here knows since when it lasts. */
const SEEN_MS = 60_000;

/** `server` undefined: this installation has no Prometheus. `now` gives the time a silence is counted from. */
export function prometheusMetrics(
  server: Config["prometheus"],
  now: () => Date,
  waits: Readonly<Record<keyof typeof WAITS, number>> = WAITS,
): MetricsSource {
  let silentSince: Date | null = null;
  let answeredAt = Number.NEGATIVE_INFINITY;

  const away = (cause: unknown, message = "Prometheus does not answer.") => {
    silentSince ??= now();
    const isKnown = silentSince.getTime() - answeredAt <= SEEN_MS;
    return new DomainError("unavailable", message, {
      detail: isKnown ? { since: silentSince.toISOString() } : {},
      cause,
    });
  };

  return {
    async range(promql, range, signal) {
      if (server === undefined)
        throw new DomainError("unavailable", "This installation has no Prometheus: set PROMETHEUS_URL.");
      const url = new URL("api/v1/query_range", withSlash(server.url));
      const body = new URLSearchParams({
        query: promql,
        start: String(range.fromSeconds),
        end: String(range.toSeconds),
        step: String(range.stepSeconds),
      });
      const limit = AbortSignal.timeout(silentSince === null ? waits.answerMs : waits.silentMs);
      const headers = server.authorization === undefined ? {} : { authorization: server.authorization };
      const request = { method: "POST", body, headers, signal: AbortSignal.any([signal, limit]) };
      const { status, text } = await send(url, request).catch((cause: unknown) => {
        // That the reader went away tells nothing of Prometheus.
        throw signal.aborted ? new DomainError("unavailable", "Nobody waits for this answer.", { cause }) : away(cause);
      });
      if (status >= 500) throw away(`status ${status}`);
      if (status === 401 || status === 403)
        throw away(
          `status ${status}`,
          `Prometheus lets us read nothing (${status}): is PROMETHEUS_AUTHORIZATION right?`,
        );
      if (status === 400) throw new Error(`Prometheus refused ${promql}: ${status} ${text}`);
      const matrix = status === 200 ? matrixIn(text) : undefined;
      if (matrix === undefined)
        throw away(`status ${status}`, `What answers is no Prometheus (${status}): is PROMETHEUS_URL right?`);
      silentSince = null;
      answeredAt = now().getTime();
      return matrix.data.result.map(toSample);
    },
  };
}

/** The whole answer: what stops in the middle of it is as silent as what never begins. */
async function send(url: URL, request: RequestInit): Promise<{ status: number; text: string }> {
  const response = await fetch(url, request);
  return { status: response.status, text: await response.text() };
}

/** Undefined when the text is something else, such as the page of a proxy that wants a password. */
function matrixIn(text: string): z.output<typeof matrixSchema> | undefined {
  try {
    return matrixSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const toSample = ({ metric, values }: z.output<typeof matrixSchema>["data"]["result"][number]): Sample => ({
  labels: metric,
  values: new Map(
    values.map(([at, text]) => [at, Number(text)] as const).filter(([, value]) => Number.isFinite(value)),
  ),
});

const withSlash = (url: URL) => new URL(url.href.endsWith("/") ? url.href : `${url.href}/`);
