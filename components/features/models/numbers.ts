/**
 * Reads lines such as `auc = 0.91`; `:` and tabs part as well.
 * `problem` is a sentence that names the first line that holds no name and number, or a name a second time.
 */
export function parseNumbers(text: string): { values: Record<string, number>; problem: string | null } {
  const values: Record<string, number> = {};
  for (const line of text.split("\n").map((part) => part.trim())) {
    if (line === "") continue;
    const [, name, number] = /^(.+?)\s*[=:\t]\s*(\S+)$/.exec(line) ?? [];
    const value = Number(number);
    if (name === undefined || number === undefined || !Number.isFinite(value))
      return { values: {}, problem: `"${line.slice(0, 60)}" is not a name and a number, such as auc = 0.91.` };
    if (Object.hasOwn(values, name)) return { values: {}, problem: `"${name.slice(0, 60)}" is there twice.` };
    values[name] = value;
  }
  return { values, problem: null };
}

/** Names parted by commas or lines; undefined when there are none. */
export function parseNames(text: string): string[] | undefined {
  const names = text
    .split(/[\n,]/)
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return names.length === 0 ? undefined : names;
}
