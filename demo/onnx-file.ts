import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  type AttributeProtoSchema,
  type GraphProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from "#serving/model-server/onnx/generated/onnx_pb.ts";

export type Node = MessageInitShape<typeof NodeProtoSchema>;
type Attribute = MessageInitShape<typeof AttributeProtoSchema>;
export type Tensor = MessageInitShape<typeof TensorProtoSchema>;
export type ValueInfo = MessageInitShape<typeof ValueInfoProtoSchema>;
export type Graph = MessageInitShape<typeof GraphProtoSchema>;

/** The format's numbers of element types. */
export const ELEMENT = { float: 1, int32: 6, int64: 7, string: 8, bool: 9, float16: 10, bfloat16: 16 } as const;
type Element = (typeof ELEMENT)[keyof typeof ELEMENT];

/** Sizes of a value; a text is a free dimension of that name. */
type Shape = readonly (number | string)[];

export const tensorValue = (name: string, elemType: Element, shape: Shape): ValueInfo => ({
  name,
  type: {
    value: {
      case: "tensorType",
      value: {
        elemType,
        shape: {
          dim: shape.map((size) => ({
            value:
              typeof size === "number"
                ? ({ case: "dimValue", value: BigInt(size) } as const)
                : ({ case: "dimParam", value: size } as const),
          })),
        },
      },
    },
  },
});

export const bytesOf = (array: Float32Array | BigInt64Array) =>
  new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);

export const floatTensor = (name: string, dims: readonly number[], values: ArrayLike<number>): Tensor => ({
  name,
  dims: dims.map(BigInt),
  dataType: ELEMENT.float,
  rawData: bytesOf(Float32Array.from(values)),
});

/** Attribute types of the format: FLOAT 1, INT 2, STRING 3, TENSOR 4, GRAPH 5, FLOATS 6, INTS 7. */
export const attribute = {
  int: (name: string, i: number): Attribute => ({ name, type: 2, i: BigInt(i) }),
  text: (name: string, s: string): Attribute => ({ name, type: 3, s: new TextEncoder().encode(s) }),
  tensor: (name: string, t: Tensor): Attribute => ({ name, type: 4, t: { ...t } }),
  graph: (name: string, g: Graph): Attribute => ({ name, type: 5, g }),
  floats: (name: string, floats: readonly number[]): Attribute => ({ name, type: 6, floats: [...floats] }),
  ints: (name: string, ints: readonly number[]): Attribute => ({ name, type: 7, ints: ints.map(BigInt) }),
};

export const node = (
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: readonly Attribute[] = [],
  domain = "",
): Node => ({ opType, input: [...input], output: [...output], attribute: [...attributes], domain });

/** The bytes of an ONNX file with this graph. `producer` is who the file says wrote it. */
export function onnxFile(graph: Graph, producer = "slipway"): Uint8Array {
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: producer,
    producerVersion: "1",
    graph: { name: "graph", ...graph },
    opsetImport: [
      { domain: "", version: 13n },
      { domain: "ai.onnx.ml", version: 1n },
    ],
  });
  return toBinary(ModelProtoSchema, model);
}
