import type { Datatype } from "#domain/shared/signature.ts";

export type NumericArray =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float16Array
  | Float32Array
  | Float64Array;

/** Elements in row-major order; text for BYTES, 0 and 1 for BOOL. */
export type TensorData = NumericArray | string[];

export type TensorValue = { name: string; datatype: Datatype; shape: readonly number[]; data: TensorData };

type NumericType = {
  bytes: number;
  make(length: number): NumericArray;
  view(buffer: ArrayBuffer): NumericArray;
};

const of = <T extends NumericArray>(type: {
  BYTES_PER_ELEMENT: number;
  new (length: number): T;
  new (buffer: ArrayBuffer): T;
}): NumericType => ({
  bytes: type.BYTES_PER_ELEMENT,
  make: (length) => new type(length),
  view: (buffer) => new type(buffer),
});

/** How elements of a fixed size lie in memory. BYTES has none; BF16 cannot be handed to onnxruntime-node. */
export const NUMERIC: Readonly<Partial<Record<Datatype, NumericType>>> = {
  BOOL: of(Uint8Array),
  UINT8: of(Uint8Array),
  UINT16: of(Uint16Array),
  UINT32: of(Uint32Array),
  UINT64: of(BigUint64Array),
  INT8: of(Int8Array),
  INT16: of(Int16Array),
  INT32: of(Int32Array),
  INT64: of(BigInt64Array),
  FP16: of(Float16Array),
  FP32: of(Float32Array),
  FP64: of(Float64Array),
};

/** Inclusive bounds of the integer datatypes that fit a JavaScript number. */
export const INTEGER_RANGE: Readonly<Partial<Record<Datatype, readonly [number, number]>>> = {
  UINT8: [0, 2 ** 8 - 1],
  UINT16: [0, 2 ** 16 - 1],
  UINT32: [0, 2 ** 32 - 1],
  INT8: [-(2 ** 7), 2 ** 7 - 1],
  INT16: [-(2 ** 15), 2 ** 15 - 1],
  INT32: [-(2 ** 31), 2 ** 31 - 1],
};

export const BIG_INTEGER_RANGE: Readonly<Partial<Record<Datatype, readonly [bigint, bigint]>>> = {
  UINT64: [0n, 2n ** 64n - 1n],
  INT64: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** onnxruntime's names of element types and the protocol's. */
const RUNTIME_TYPE = {
  bool: "BOOL",
  uint8: "UINT8",
  uint16: "UINT16",
  uint32: "UINT32",
  uint64: "UINT64",
  int8: "INT8",
  int16: "INT16",
  int32: "INT32",
  int64: "INT64",
  float16: "FP16",
  float32: "FP32",
  float64: "FP64",
  string: "BYTES",
} as const satisfies Record<string, Datatype>;
export type RuntimeType = keyof typeof RUNTIME_TYPE;

/** `undefined` for an element type that cannot be served. */
export const datatypeOf = (runtimeType: string): Datatype | undefined =>
  Object.hasOwn(RUNTIME_TYPE, runtimeType) ? RUNTIME_TYPE[runtimeType as RuntimeType] : undefined;

const runtimeTypes = new Map<Datatype, RuntimeType>(
  (Object.keys(RUNTIME_TYPE) as RuntimeType[]).map((type) => [RUNTIME_TYPE[type], type]),
);
export const runtimeTypeOf = (datatype: Datatype): RuntimeType | undefined => runtimeTypes.get(datatype);

export const elementCount = (shape: readonly number[]): number => shape.reduce((count, size) => count * size, 1);
