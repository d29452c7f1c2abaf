type Value = number | string | boolean | null;
export type Output = Readonly<{
  name: string;
  datatype: string;
  shape: readonly number[];
  data: readonly Value[];
}>;

/** Outputs of a v2 answer; null when it is none. */
export function outputsOf(body: unknown): readonly Output[] | null {
  const outputs = partOf(body, "outputs");
  return Array.isArray(outputs) && outputs.every(isOutput) ? outputs : null;
}

/** What a router or a model server says when it refuses. */
export function refusalIn(body: unknown): string | null {
  const error = partOf(body, "error");
  return typeof error === "string" ? error : null;
}

const partOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

const isOutput = (value: unknown): value is Output =>
  typeof partOf(value, "name") === "string" &&
  typeof partOf(value, "datatype") === "string" &&
  isListOf(partOf(value, "shape"), (size) => typeof size === "number") &&
  isListOf(partOf(value, "data"), (one) => one === null || ["number", "string", "boolean"].includes(typeof one));

const isListOf = (value: unknown, is: (one: unknown) => boolean): boolean => Array.isArray(value) && value.every(is);

export type Score = Readonly<{ label: string; value: number; share: number }>;
const TOP = 5;
const CLASSES_MAX = 100_000;

/** The greatest scores of row `row` with their share of 1; null where the output is no list of class scores. */
export function topOf(output: Output, labels: readonly string[] | null, row = 0): Score[] | null {
  const classes = output.shape.at(-1) ?? 0;
  if (!output.datatype.startsWith("FP") || classes < 2 || classes > CLASSES_MAX || output.shape.length > 2) return null;
  const values = output.data.slice(row * classes, (row + 1) * classes);
  if (values.length !== classes || !values.every((value) => typeof value === "number")) return null;
  const shares = isDistribution(values) ? values : softmax(values);
  return values
    .map((value, index) => ({ label: labels?.[index] ?? String(index), value, share: shares[index] ?? 0 }))
    .sort((a, b) => b.value - a.value)
    .slice(0, TOP);
}

const isDistribution = (values: readonly number[]): boolean =>
  values.every((value) => value >= 0 && value <= 1) &&
  Math.abs(values.reduce((sum, value) => sum + value, 0) - 1) < 1e-3;

/** Scores that are no probabilities, as shares: exp(x − max) over their sum. */
function softmax(values: readonly number[]): number[] {
  const max = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const powers = values.map((value) => Math.exp(value - max));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((power) => power / sum);
}
