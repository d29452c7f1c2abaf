"use client";

import { useEffect, useRef, useState } from "react";
import type { EndpointRef } from "#components/endpoint/endpoint-ref.ts";
import { classNames } from "#components/ui/class-names.ts";
import { Select } from "#components/ui/select.tsx";

export type PodPlace = Readonly<{
  revision: number;
  pod: string;
  containers: readonly string[];
  restarted: boolean;
}>;

const KEPT_CHARACTERS = 500_000;
/** Nearer to the end than this, the reader follows it. */
const FOLLOW_PX = 40;

type LogViewProps = Readonly<{ at: EndpointRef; place: PodPlace; className?: string }>;

/** A pod's log as it is written, while it is shown. */
export function LogView({ at, place, className }: LogViewProps) {
  const [container, setContainer] = useState(place.containers[0]);
  const [run, setRun] = useState<"now" | "before">("now");
  const { text, ended, problem } = useLog(at, place, container, run === "before");
  const box = useRef<HTMLPreElement>(null);
  const following = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new text is what moves the end
  useEffect(() => {
    if (following.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [text]);
  return (
    <div className={classNames("flex flex-col gap-3", className)}>
      <div className="flex flex-wrap items-center gap-2">
        {place.containers.length > 1 ? (
          <Select
            aria-label="Container"
            className="w-auto"
            value={container}
            onValueChange={setContainer}
            options={place.containers.map((name) => ({ value: name, label: name }))}
          />
        ) : null}
        {place.restarted ? (
          <Select
            aria-label="Which run"
            className="w-auto"
            value={run}
            onValueChange={setRun}
            options={[
              { value: "now", label: "This run" },
              { value: "before", label: "The run before" },
            ]}
          />
        ) : null}
        <span role="status" className="text-muted">
          {problem ?? (ended ? "It has ended." : "It goes on as the pod writes.")}
        </span>
      </div>
      <pre
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          following.current = scrollHeight - scrollTop - clientHeight < FOLLOW_PX;
        }}
        className="min-h-0 flex-1 overflow-auto whitespace-pre-wrap break-all rounded-control border bg-page p-3 font-mono text-label"
      >
        {text === "" && problem === null ? "Nothing was written yet." : text}
      </pre>
    </div>
  );
}

type Log = Readonly<{ text: string; ended: boolean; problem: string | null }>;

function useLog(at: EndpointRef, place: PodPlace, container: string | undefined, previous: boolean): Log {
  const [log, setLog] = useState<Log>({ text: "", ended: false, problem: null });
  const { endpoint, environment } = at;
  const { revision, pod } = place;
  useEffect(() => {
    const stop = new AbortController();
    const query = new URLSearchParams({ environment, tailLines: "500" });
    if (previous) query.set("previous", "true");
    else query.set("follow", "true");
    if (container !== undefined) query.set("container", container);
    setLog({ text: "", ended: false, problem: null });
    const told = (more: string) =>
      setLog((before) => ({ ...before, text: (before.text + more).slice(-KEPT_CHARACTERS) }));
    readLog(`/api/v1/endpoints/${endpoint}/revisions/${revision}/pods/${pod}/log?${query}`, stop.signal, told)
      .then(() => setLog((before) => ({ ...before, ended: true })))
      .catch((error: unknown) => {
        if (stop.signal.aborted) return;
        const problem = error instanceof Error ? error.message : "The log could not be read.";
        setLog((before) => ({ ...before, problem }));
      });
    return () => stop.abort();
  }, [endpoint, environment, revision, pod, container, previous]);
  return log;
}

/** Throws an Error with a sentence for the reader. */
async function readLog(path: string, signal: AbortSignal, told: (text: string) => void): Promise<void> {
  const answer = await fetch(path, { signal });
  if (!answer.ok || answer.body === null) {
    const refusal = (await answer.json().catch(() => null)) as { detail?: string } | null;
    throw new Error(refusal?.detail ?? `The log could not be read (${answer.status}).`);
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) told(part.value);
}
