import { join } from "node:path";
import { buildWhatChanged } from "./stack/build.ts";

const root = join(import.meta.dirname, "..");
await buildWhatChanged(root, join(root, ".slipway"), (line) => console.info(line));
