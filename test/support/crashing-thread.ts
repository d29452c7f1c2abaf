/** The inference thread, but a body of "crash" ends it in the middle of the request. */
import { parentPort } from "node:worker_threads";
import type { Job } from "#serving/model-server/thread-messages.ts";

parentPort?.on("message", ({ body }: Job) => {
  if (new TextDecoder().decode(body) === "crash") process.exit(3);
});
await import("#serving/model-server/inference-thread.ts");
