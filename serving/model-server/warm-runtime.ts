import { ort } from "./onnxruntime.ts";

/** The smallest model: y = Identity(x), opset 13. */
const IDENTITY = Buffer.from("CAg6LwoQCgF4EgF5IghJZGVudGl0eRIBZ1oLCgF4EgYKBAgBEgBiCwoBeRIGCgQIARIAQgIQDQ==", "base64");

/**
 * Builds what onnxruntime makes once per process, operator schemas and kernels: most of a small model's load. Blocks the
 * thread. For the main thread, which has nothing else to do until the first inference thread has booted.
 */
export async function warmRuntime(): Promise<void> {
  const session = await ort.InferenceSession.create(IDENTITY, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  await session.release();
}
