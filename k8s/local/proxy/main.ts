/**
 * Service proxy of the local cluster, a process of its own: services stay reachable while the cluster's API is down.
 * Serves the table in the folder it is given and follows its changes; usage: `main.ts FOLDER`.
 */
import { readFileSync, watch } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../whole-file.ts";
import { createListeners } from "./listeners.ts";
import { type ProxyStatus, tableSchema } from "./table.ts";

/** Besides file events, which a full queue of the kernel may drop. */
const RECHECK_MS = 1000;

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: main.ts FOLDER");
const tablePath = join(folder, "table.json");
const statusPath = join(folder, "status.json");

const writeStatus = (status: ProxyStatus) => writeWhole(statusPath, JSON.stringify(status));

const listeners = createListeners(writeStatus);
let served = "";

const refresh = () => {
  let text: string;
  try {
    text = readFileSync(tablePath, "utf8");
  } catch {
    return; // Not written yet: keep what is served.
  }
  if (text === served) return;
  served = text;
  try {
    listeners.apply(tableSchema.parse(JSON.parse(text)));
  } catch (error) {
    console.error(JSON.stringify({ level: "error", message: "table refused", error: String(error) }));
  }
};

watch(folder, (_, name) => {
  if (name === null || name === "table.json") refresh();
});
setInterval(refresh, RECHECK_MS);
refresh();
process.on("SIGTERM", () => process.exit(0));
