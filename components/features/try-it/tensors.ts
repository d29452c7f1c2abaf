import type { Datatype, Signature, TensorSpec } from "#domain/shared/signature.ts";

export type TensorValue = number | string | boolean;
export type InferRequest = { inputs: { name: string; datatype: Datatype; shape: number[]; data: TensorValue[] }[] };

/** Free dimensions become 1: one example. */
export const oneOf = (shape: readonly number[]): number[] => shape.map((size) => (size === -1 ? 1 : size));
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** A value as a person typed it. `problem` is a sentence; null: `value` is good. */
export function readValue(text: string, datatype: Datatype): { value: TensorValue; problem: string | null } {
  const trimmed = text.trim();
  if (datatype === "BYTES") return { value: text, problem: null };
  if (datatype === "BOOL") {
    const isTrue = /^(true|1|yes)$/i.test(trimmed);
    const known = isTrue || /^(false|0|no)$/i.test(trimmed);
    return { value: isTrue, problem: known ? null : `"${trimmed}" is neither true nor false.` };
  }
  const value = Number(trimmed);
  if (trimmed === "" || !Number.isFinite(value))
    return { value: 0, problem: `"${trimmed.slice(0, 40)}" is not a number.` };
  const whole = datatype.includes("INT");
  if (whole && !Number.isInteger(value)) return { value, problem: `"${trimmed}" is not a whole number.` };
  if (datatype.startsWith("U") && value < 0) return { value, problem: `"${trimmed}" is below zero.` };
  // Beyond 2^53 a JSON number loses digits; as text the server reads all of them.
  if (datatype.endsWith("INT64") && !Number.isSafeInteger(value) && /^[+-]?\d+$/.test(trimmed))
    return { value: trimmed.replace(/^\+/, ""), problem: null };
  return { value, problem: null };
}

/** Names of a tensor's values for people: of features where they are known, and of the row where there are several. */
export function valueNames(spec: TensorSpec, featureNames: readonly string[] | null): string[] {
  const shape = oneOf(spec.shape);
  const count = sizeOf(shape);
  const columns = shape.at(-1) ?? 1;
  const rows = count / columns;
  return Array.from({ length: count }, (_, index) => {
    const feature = featureNames?.[index % columns] ?? (count === 1 ? spec.name : `${spec.name}[${index % columns}]`);
    return rows > 1 ? `${feature}, row ${Math.floor(index / columns) + 1}` : feature;
  });
}

/** Throws nothing: `values` holds as many per input as its shape asks for. */
export const requestOf = (signature: Signature, values: readonly (readonly TensorValue[])[]): InferRequest => ({
  inputs: signature.inputs.map(({ name, datatype, shape }, index) => ({
    name,
    datatype,
    shape: oneOf(shape),
    data: [...(values[index] ?? [])],
  })),
});

type Example = { inputs?: { name?: unknown; data?: unknown }[] };

/** Values of an example request by input, flattened; null where it has none of that name or of another size. */
export function exampleValues(example: unknown, spec: TensorSpec): TensorValue[] | null {
  const inputs = (example as Example | null)?.inputs;
  const found = Array.isArray(inputs) ? inputs.find(({ name }) => name === spec.name) : undefined;
  if (!Array.isArray(found?.data)) return null;
  const data = (found.data as unknown[]).flat(Infinity) as TensorValue[];
  return data.length === sizeOf(oneOf(spec.shape)) ? data : null;
}
