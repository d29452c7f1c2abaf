const WORDS = /\b(error|fatal|panic|critical|exception|traceback)\b/i;
const LINE_MAX = 400;
/** pino and its like number their levels; from here on it is an error. */
const ERROR_LEVEL = 50;

/** The last lines of a log that tell of an error, oldest first. JSON lines are judged by their level, others by words. */
export const errorLines = (log: string, max: number): string[] =>
  log
    .split("\n")
    .filter((line) => line.trim() !== "" && isError(line))
    .slice(-max)
    .map((line) => (line.length > LINE_MAX ? `${line.slice(0, LINE_MAX)}…` : line));

function isError(line: string): boolean {
  const level = levelOf(line);
  if (typeof level === "number") return level >= ERROR_LEVEL;
  return WORDS.test(typeof level === "string" ? level : line);
}

function levelOf(line: string): unknown {
  if (!line.startsWith("{")) return undefined;
  try {
    return (JSON.parse(line) as { level?: unknown }).level;
  } catch {
    return undefined;
  }
}
