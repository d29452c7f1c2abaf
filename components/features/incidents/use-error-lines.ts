"use client";

import { useQuery } from "@tanstack/react-query";
import { errorLines } from "./error-lines.ts";

const TAIL_LINES = 500;
const SHOWN_MAX = 5;
const RENEW_MS = 15_000;

export type LoggingPod = Readonly<{
  endpoint: string;
  environment: string;
  revision: number;
  pod: string;
  ended: boolean;
}>;

/** The last error lines of a pod, or of its run before when this one is down. An Error says why there are none. */
export const useErrorLines = (from: LoggingPod | null) =>
  useQuery({
    queryKey: ["pod-error-lines", from],
    queryFn: ({ signal }) => (from === null ? [] : readLines(from, signal)),
    enabled: from !== null,
    refetchInterval: RENEW_MS,
    retry: false,
  });

async function readLines({ endpoint, environment, revision, pod, ended }: LoggingPod, signal: AbortSignal) {
  const query = new URLSearchParams({
    environment,
    tailLines: String(TAIL_LINES),
    ...(ended ? { previous: "true" } : {}),
  });
  const answer = await fetch(`/api/v1/endpoints/${endpoint}/revisions/${revision}/pods/${pod}/log?${query}`, {
    signal,
  });
  if (!answer.ok) {
    const refusal = (await answer.json().catch(() => null)) as { detail?: string } | null;
    throw new Error(refusal?.detail ?? `The log could not be read (${answer.status}).`);
  }
  return errorLines(await answer.text(), SHOWN_MAX);
}
