import { bytesOf, ELEMENT, type Tensor, type ValueInfo } from "#demo/onnx-file.ts";

// What only the factories in onnx.ts and onnx-hostile.ts need beyond the demo's writer.

/** The output that scikit-learn exports give probabilities as: a sequence of maps from int64 to float. */
export const sequenceOfMaps = (name: string): ValueInfo => {
  const float = { value: { case: "tensorType", value: { elemType: ELEMENT.float } } } as const;
  const map = { value: { case: "mapType", value: { keyType: ELEMENT.int64, valueType: float } } } as const;
  return { name, type: { value: { case: "sequenceType", value: { elemType: map } } } };
};

export const int64Tensor = (name: string, dims: readonly number[], values: readonly number[]): Tensor => ({
  name,
  dims: dims.map(BigInt),
  dataType: ELEMENT.int64,
  rawData: bytesOf(BigInt64Array.from(values, BigInt)),
});

export const boolTensor = (name: string, value: boolean): Tensor => ({
  name,
  dims: [],
  dataType: ELEMENT.bool,
  rawData: Uint8Array.of(value ? 1 : 0),
});
