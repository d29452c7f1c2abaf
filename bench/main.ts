import { readdirSync } from "node:fs";

/** What each file of bench/ exports as `run`: ratios of one run on one machine, so that they hold elsewhere. */
export type Bench = () => Promise<{ name: string; ratio: number; details: Record<string, unknown> }>;

// `npm run bench` measures everything, `npm run bench -- router rollback` only these. One after the other: two at once
// would measure each other.
process.env.ORT_DISABLE_TELEMETRY = "1";
const available = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(".ts") && name !== "main.ts" && !name.endsWith(".test.ts"))
  .map((name) => name.replace(/\.ts$/, ""));
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !available.includes(name));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(", ")}; there are ${available.join(", ")}.`);
  process.exit(2);
}

for (const name of asked.length > 0 ? asked : available) {
  try {
    const { run } = (await import(`./${name}.ts`)) as { run: Bench };
    const result = await run();
    console.info(`${result.name}: ${result.ratio.toFixed(2)}`);
    for (const [key, value] of Object.entries(result.details)) console.info(`  ${key.padEnd(28)} ${show(value)}`);
  } catch (error) {
    console.error(`${name}: ${(error as Error).stack}`);
    process.exitCode = 1;
  }
}

function show(value: unknown): string {
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : value.toPrecision(3);
  return typeof value === "string" ? value : JSON.stringify(value);
}
