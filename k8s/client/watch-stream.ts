import type { IncomingMessage } from "node:http";
import { fromStatus, KubeError } from "./errors.ts";
import type { LiveObject, ObjectQuery } from "./objects.ts";
import { collectionPath, describe } from "./paths.ts";
import type { Transport } from "./transport.ts";

export type WatchEvent = { type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK"; object: LiveObject };
type RawEvent = WatchEvent | { type: "ERROR"; object: { code?: number; [field: string]: unknown } };

export type WatchFrom = {
  resourceVersion: string;
  /** The server ends the watch after this long, which also proves that it still listened. */
  timeoutSeconds: number;
  /** Without a byte for this long the connection counts as dead. */
  quietMs: number;
  signal: AbortSignal;
};

/**
 * One watch connection. Yields what each chunk of bytes brought, at once and in order; an empty list says only that the
 * server is there. Ends when the server ends it. Errors: `KubeError`, of an ERROR event too (`expired`: list again).
 */
export async function* streamEvents(
  transport: Transport,
  query: ObjectQuery,
  from: WatchFrom,
): AsyncGenerator<WatchEvent[]> {
  const what = `watch ${describe(query)}`;
  const stream = await transport.open({
    method: "GET",
    path: collectionPath(query),
    query: {
      watch: "true",
      resourceVersion: from.resourceVersion,
      allowWatchBookmarks: "true",
      timeoutSeconds: String(from.timeoutSeconds),
      labelSelector: query.labelSelector,
      fieldSelector: query.fieldSelector,
    },
    signal: from.signal,
    what,
  });
  yield [];
  const quiet = setTimeout(() => {
    stream.destroy(new KubeError("deadline", `${what}: silent for ${from.quietMs} ms`));
  }, from.quietMs);
  try {
    for await (const lines of linesOf(stream)) {
      quiet.refresh();
      yield lines.map((line) => parseEvent(line, what));
    }
  } finally {
    clearTimeout(quiet);
    stream.destroy();
  }
}

async function* linesOf(stream: IncomingMessage): AsyncGenerator<string[]> {
  stream.setEncoding("utf8");
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    yield parts.filter((line) => line !== "");
  }
}

function parseEvent(line: string, what: string): WatchEvent {
  const event = JSON.parse(line) as RawEvent;
  if (event.type === "ERROR") throw fromStatus(event.object.code ?? 500, event.object, what);
  return event;
}
