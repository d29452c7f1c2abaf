import { fromBinary } from "@bufbuild/protobuf";
import { LoadError } from "#serving/model-server/runtime-errors.ts";
import { type ModelProto, ModelProtoSchema } from "./generated/onnx_pb.ts";

/** Beginnings of files that people upload instead of a model. */
const OTHER_FORMATS: readonly (readonly [readonly number[], string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], "a zip archive (a PyTorch .pt file is one)"],
  [[0x1f, 0x8b], "compressed with gzip"],
  [[0x80, 0x02], "a Python pickle"],
  [[0x80, 0x03], "a Python pickle"],
  [[0x80, 0x04], "a Python pickle"],
  [[0x80, 0x05], "a Python pickle"],
  [[0x89, 0x48, 0x44, 0x46], "an HDF5 file, such as Keras writes"],
];
const LENGTH_DELIMITED = 2;
const IR_VERSION_MAX = 1_000;

/** Decodes a file without copying its weights. Throws LoadError with what its sender can do about it. */
export function readModel(file: Uint8Array): ModelProto {
  const other = OTHER_FORMATS.find(([magic]) => magic.every((byte, index) => file[index] === byte));
  if (other !== undefined) {
    throw new LoadError(
      "not_onnx",
      `This is ${other[1]}, not an ONNX model. Export the model to ONNX and upload the .onnx file.`,
    );
  }
  assertWhole(file);
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, file);
  } catch {
    throw notOnnx();
  }
  if (model.graph === undefined || model.opsetImport.length === 0) {
    const missing = model.graph === undefined ? "has no graph" : "does not say which operators it uses";
    throw new LoadError(
      "truncated",
      `The file begins like an ONNX model but ${missing}: it was probably cut short. Upload it again.`,
    );
  }
  return model;
}

const notOnnx = () =>
  new LoadError(
    "not_onnx",
    "This is not an ONNX model, or it is damaged. Export the model to ONNX and upload the .onnx file.",
  );

/** Walks the outermost fields only: a file that ends inside one of them was cut short, one that has no such fields is not ONNX. */
function assertWhole(file: Uint8Array): void {
  let offset = 0;
  let looksLikeOnnx = false;
  while (offset < file.byteLength) {
    const tag = varint(file, offset);
    if (tag === undefined) break;
    const field = Math.floor(tag.value / 8);
    const value = varint(file, tag.end);
    if (value === undefined) break;
    const wireType = tag.value % 8;
    if (field === 1) looksLikeOnnx = wireType === 0 && value.value > 0 && value.value < IR_VERSION_MAX;
    if (!looksLikeOnnx || (wireType !== 0 && wireType !== LENGTH_DELIMITED)) throw notOnnx();
    offset = wireType === LENGTH_DELIMITED ? value.end + value.value : value.end;
  }
  if (!looksLikeOnnx) throw notOnnx();
  if (offset !== file.byteLength) {
    const missing =
      offset > file.byteLength ? `${offset - file.byteLength} bytes are missing at its end` : "it ends inside a field";
    throw new LoadError("truncated", `The file was cut short: ${missing}. Upload it again.`);
  }
}

function varint(file: Uint8Array, begin: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let index = 0; index < 10; index += 1) {
    const byte = file[begin + index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: begin + index + 1 };
  }
  throw notOnnx();
}
