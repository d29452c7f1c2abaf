// Whoever reads our output may die before us; that must not stop a pod that serves.
process.stdout.on("error", () => {});

/** One JSON line on stdout. */
export function log(level: "info" | "error", msg: string, fields: Readonly<Record<string, unknown>> = {}): void {
  process.stdout.write(`${JSON.stringify({ level, time: new Date().toISOString(), msg, ...fields })}\n`);
}
