import type { Signature, TensorSpec } from "#domain/shared/signature.ts";
import type { TensorValue } from "./datatypes.ts";
import { exampleInputs, type LoadedModel } from "./session.ts";

/** Sizes tried for free dimensions but the first: some models need room for a window or a downscale. */
const FREE_SIZES = [1, 8, 32, 224];

export type WarmUp = { signature: Signature; freeSize: number; failure: string | undefined; warmUpMs: number };

/**
 * Runs the model once on zeros, so that the first caller does not pay for what onnxruntime does lazily, and learns the
 * rank of outputs that the file leaves open. `failure` is why it ran on none of the sizes.
 */
export async function warmUp({ signature, infer }: LoadedModel): Promise<WarmUp> {
  const sizes = signature.inputs.some(({ shape }) => shape.includes(-1, 1)) ? FREE_SIZES : FREE_SIZES.slice(0, 1);
  const names = signature.outputs.map(({ name }) => name);
  let failure: string | undefined;
  for (const freeSize of sizes) {
    const began = performance.now();
    try {
      const values = await infer(exampleInputs(signature, freeSize), names);
      const outputs = signature.outputs.map((spec, index) => withRank(spec, values[index], signature.inputs));
      return {
        signature: { ...signature, outputs },
        freeSize,
        failure: undefined,
        warmUpMs: performance.now() - began,
      };
    } catch (error) {
      failure ??= error instanceof Error ? error.message : String(error);
    }
  }
  return { signature, freeSize: 1, failure, warmUpMs: 0 };
}

/** onnxruntime says `[]` both for a scalar and for a shape the file does not state; the run tells them apart. */
function withRank(spec: TensorSpec, value: TensorValue | undefined, inputs: readonly TensorSpec[]): TensorSpec {
  if (value === undefined || spec.shape.length > 0) return spec;
  const freeRows = inputs.some(({ shape }) => shape[0] === -1);
  return { ...spec, shape: value.shape.map((size, axis) => (axis === 0 && freeRows ? -1 : size)) };
}
