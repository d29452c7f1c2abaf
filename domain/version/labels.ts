import type { TensorSpec } from "#domain/shared/signature.ts";

/**
 * Why so many labels can be of no output of these; null: they can, or nobody knows. Known are scores alone (rows of a
 * fixed number of floats): of a class's number, as scikit-learn answers beside its scores, there may be any many.
 */
export function labelsMisfit(count: number, outputs: readonly TensorSpec[]): string | null {
  const sizes = outputs.map(scoresOf);
  if (sizes.length === 0 || sizes.some((size) => size === null || size === count)) return null;
  const values = sizes.map((size, index) => `${size} values in ${outputs[index]?.name}`).join(", ");
  return `${count} ${count === 1 ? "label does" : "labels do"} not fit what the model answers: ${values} per row.`;
}

/** How many a row has; null: not known, or no scores of classes. */
function scoresOf({ datatype, shape }: TensorSpec): number | null {
  const size = shape.length === 2 && datatype.startsWith("FP") ? (shape[1] ?? -1) : -1;
  return size > 1 ? size : null;
}
