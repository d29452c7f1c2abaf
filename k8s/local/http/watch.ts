import { ApiError, gone, invalidOption } from "../store/errors.ts";
import { jsonOf } from "../store/json.ts";
import { apiVersionOf } from "../store/resources.ts";
import type { KubeObject, StoreEvent } from "../store/types.ts";
import type { Call } from "./call.ts";
import { representationFor } from "./exchange.ts";
import { type Selection, selectionOf } from "./read.ts";
import { partialObject, tableOf } from "./representations.ts";

/** A reader this far behind is cut off; it lists again. */
const BACKLOG_MAX_BYTES = 64 << 20;
/** The last bookmark comes this long before the server ends a watch. */
const LAST_BOOKMARK_MS = 2_000;

/** A timer set for longer goes off at once. */
const LONGEST_SECONDS = 2_147_483;

type WatchOptions = { since: number | undefined; initialEvents: boolean; bookmarks: boolean; timeoutMs: number };

const isTrue = (value: string | null) => value === "true" || value === "1";

function optionsOf({ query, server }: Call): WatchOptions {
  const given = query.get("resourceVersion") ?? "";
  if (!/^\d*$/.test(given)) {
    const message = `Internal error occurred: invalid resource version: resourceVersion: Invalid value: "${given}": strconv.ParseUint: parsing "${given}": invalid syntax`;
    throw new ApiError(500, "InternalError", message, { causes: [{ message }] });
  }
  const initial = query.get("sendInitialEvents");
  const bookmarks = isTrue(query.get("allowWatchBookmarks"));
  if (initial !== null && query.get("resourceVersionMatch") !== "NotOlderThan") throw badInitialEvents();
  const asked = Number(query.get("timeoutSeconds") ?? 0);
  const seconds = asked > 0 ? Math.min(asked, LONGEST_SECONDS) : server.watchTimeoutSeconds * (1 + Math.random());
  const fromNow = isTrue(initial) || (initial === null && (given === "" || given === "0"));
  return {
    since: fromNow ? undefined : given === "" ? server.store.currentVersion() : Number(given),
    initialEvents: isTrue(initial),
    bookmarks,
    timeoutMs: seconds * 1000,
  };
}

function badInitialEvents(): ApiError {
  const message = "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
  const field = "resourceVersionMatch";
  return invalidOption("ListOptions", { reason: "FieldValueForbidden", message, field });
}

/** What an event is to a watcher that sees only what its selection matches; undefined when nothing. */
function seenAs(event: StoreEvent, { matches }: Selection): StoreEvent["type"] | undefined {
  const now = event.type !== "DELETED" && matches(event.object);
  const before = event.previous !== undefined && matches(event.previous);
  if (now) return before ? "MODIFIED" : "ADDED";
  return before ? "DELETED" : undefined;
}

/** What leaves a selection is reported as it was, with the version at which it left. */
function objectSeen(event: StoreEvent, type: StoreEvent["type"]): KubeObject {
  if (type !== "DELETED" || event.type === "DELETED" || event.previous === undefined) return event.object;
  const { resourceVersion } = event.object.metadata;
  return { ...event.previous, metadata: { ...event.previous.metadata, resourceVersion } };
}

/** Encodes events in the form the client asked for. A Table's columns are sent with the first event only. */
function encoderOf(call: Call): (type: string, object: KubeObject) => string {
  const as = representationFor(call.request);
  const include = call.query.get("includeObject") ?? "Metadata";
  let first = true;
  return (type, object) => {
    let text: string;
    if (as === "table" && type !== "BOOKMARK") {
      text = JSON.stringify(
        tableOf(
          call.resource,
          [object],
          { resourceVersion: object.metadata.resourceVersion },
          { include, now: call.server.now(), columns: first },
        ),
      );
      first = false;
    } else if (as === "partial" || as === "partial-list") text = JSON.stringify(partialObject(object));
    else text = jsonOf(object);
    return `{"type":"${type}","object":${text}}\n`;
  };
}

function bookmarkOf(call: Call, end: boolean): KubeObject {
  const annotations = end ? { annotations: { "k8s.io/initial-events-end": "true" } } : {};
  const metadata = { resourceVersion: String(call.server.store.currentVersion()), ...annotations };
  return {
    kind: call.resource.kind,
    apiVersion: apiVersionOf(call.resource),
    metadata: metadata as Partial<KubeObject["metadata"]> as KubeObject["metadata"],
  };
}

/** Streams events until the client leaves, the time is over or it falls too far behind. */
export function watch(call: Call): void {
  const { response, server, resource } = call;
  const { store } = server;
  const options = optionsOf(call);
  const selection = selectionOf(call);
  const encode = encoderOf(call);
  response.writeHead(200, { "content-type": "application/json" });
  response.flushHeaders();

  const send = (text: string) => {
    // Between its end and its close, which is when we leave the store, an event may still come.
    if (response.writableEnded) return;
    response.write(text);
    if (response.writableLength > BACKLOG_MAX_BYTES) response.destroy();
  };
  const tell = (event: StoreEvent) => {
    if (event.resource !== resource.name || !selection.inScope(event.object)) return;
    const type = seenAs(event, selection);
    if (type !== undefined) send(encode(type, objectSeen(event, type)));
  };
  try {
    if (options.since === undefined) {
      for (const object of selection.sorted(store)) send(encode("ADDED", object));
      if (options.initialEvents && options.bookmarks) send(encode("BOOKMARK", bookmarkOf(call, true)));
    } else for (const event of store.eventsSince(options.since)) tell(event);
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    const { status } = gone(cause.message);
    response.end(`{"type":"ERROR","object":${JSON.stringify(status)}}\n`);
    return;
  }
  const floor = options.since ?? 0;
  const unsubscribe = store.subscribe((event) => {
    // A version of the future: silence until it is reached.
    if (Number(event.object.metadata.resourceVersion) > floor) tell(event);
  });
  const bookmark = () => send(encode("BOOKMARK", bookmarkOf(call, false)));
  const timers = [setTimeout(end, options.timeoutMs)];
  if (options.bookmarks) {
    timers.push(setInterval(bookmark, server.bookmarkIntervalMs));
    if (options.timeoutMs > LAST_BOOKMARK_MS) timers.push(setTimeout(bookmark, options.timeoutMs - LAST_BOOKMARK_MS));
  }
  function stop() {
    unsubscribe();
    for (const timer of timers) clearTimeout(timer);
  }
  // Between its end and its close a slow reader's answer is still open, and a write to it would end this process.
  function end() {
    stop();
    response.end();
  }
  response.on("close", stop);
}
