// Whoever reads our output may die before us; that must not stop a pod that serves.
process.stdout.on("error", () => {});

/** One JSON line on stdout. A logging package would cost a pod more start-up time than loading a small model. */
export function log(
  level: "info" | "warn" | "error",
  msg: string,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  process.stdout.write(`${JSON.stringify({ level, time: new Date().toISOString(), msg, ...fields })}\n`);
}
