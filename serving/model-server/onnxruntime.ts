import "./no-telemetry.ts";
import { createRequire } from "node:module";
import type onnxruntime from "onnxruntime-node";

/** By `require`: an import first reads all of the package's files for the names they export. */
export const ort = createRequire(import.meta.url)("onnxruntime-node") as typeof onnxruntime;
