import type { Signature } from "./signature.ts";

/**
 * What a caller written for `before` would stumble over at `after`, one sentence each; empty: nothing. An added optional
 * output is fine, a missing or different input or output is not. A dimension that is free takes any size.
 */
export function contractDifferences(before: Signature, after: Signature): string[] {
  return [
    ...sideDifferences("input", before.inputs, after.inputs),
    ...sideDifferences("output", before.outputs, after.outputs),
  ];
}

type Side = Signature["inputs"];

function sideDifferences(what: "input" | "output", before: Side, after: Side): string[] {
  const problems = before.flatMap((tensor) => {
    const other = after.find(({ name }) => name === tensor.name);
    if (other === undefined) return [`${what} "${tensor.name}" is gone`];
    if (other.datatype !== tensor.datatype)
      return [`${what} "${tensor.name}" is ${other.datatype}, not ${tensor.datatype}`];
    return sameShape(tensor.shape, other.shape)
      ? []
      : [`${what} "${tensor.name}" has shape [${other.shape.join(", ")}], not [${tensor.shape.join(", ")}]`];
  });
  const added = after.filter(({ name }) => !before.some((tensor) => tensor.name === name));
  return what === "input" ? [...problems, ...added.map(({ name }) => `input "${name}" is new`)] : problems;
}

const FREE = -1;
const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, i) => b[i] === FREE || size === b[i]);
