import type { Signature, TensorSpec } from "#domain/shared/signature.ts";
import { elementCount, NUMERIC, type TensorData, type TensorValue } from "#serving/model-server/datatypes.ts";
import { badRequest } from "#serving/model-server/request-error.ts";
import { decodeBytesTensor, decodeText } from "./bytes-tensor.ts";
import { decodeJsonData } from "./json-data.ts";

/** An output the caller wants, and whether its elements travel as binary data. */
export type WantedOutput = { name: string; binary: boolean };
export type InferRequest = { id: string | undefined; inputs: TensorValue[]; outputs: WantedOutput[] };

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const quoted = (specs: readonly TensorSpec[]) => specs.map((spec) => `"${spec.name}"`).join(", ");

/**
 * An Open Inference Protocol v2 request. `headerLength` is Inference-Header-Content-Length: the bytes after that many
 * are the binary data of the inputs that have `binary_data_size`, in their order.
 * Throws RequestError 400 with a sentence that names the field.
 */
export function decodeInferRequest(
  body: Uint8Array,
  headerLength: number | undefined,
  signature: Signature,
): InferRequest {
  if (headerLength !== undefined && headerLength > body.byteLength) {
    throw badRequest(`Inference-Header-Content-Length is ${headerLength}, the body has ${body.byteLength} bytes`);
  }
  const request = parseJson(headerLength === undefined ? body : body.subarray(0, headerLength));
  const binary = headerLength === undefined ? undefined : body.subarray(headerLength);
  return {
    id: optionalText(request.id, "id"),
    inputs: decodeInputs(request.inputs, binary, signature),
    outputs: decodeOutputs(request, signature),
  };
}

function parseJson(bytes: Uint8Array): JsonObject {
  const text = decodeText(bytes, "the body");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badRequest(`the body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(value)) throw badRequest("the body must be a JSON object with inputs");
  return value;
}

function decodeInputs(inputs: unknown, binary: Uint8Array | undefined, signature: Signature): TensorValue[] {
  if (!Array.isArray(inputs)) throw badRequest("inputs must be an array");
  const seen = new Set<string>();
  let offset = 0;
  const take = (size: number, where: string): Uint8Array => {
    if (binary === undefined) {
      throw badRequest(`${where}: binary_data_size needs the header Inference-Header-Content-Length`);
    }
    if (offset + size > binary.byteLength) {
      throw badRequest(
        `${where}: binary_data_size ${size} reaches past the body, ${binary.byteLength - offset} bytes are left`,
      );
    }
    offset += size;
    return binary.subarray(offset - size, offset);
  };
  const decoded = inputs.map((input: unknown, index) => {
    const value = decodeInput(input, index, signature, take);
    if (seen.has(value.name)) throw badRequest(`input "${value.name}" stands there twice`);
    seen.add(value.name);
    return value;
  });
  for (const spec of signature.inputs) {
    if (!seen.has(spec.name)) {
      throw badRequest(`input "${spec.name}" (${spec.datatype} [${spec.shape}]) is missing`);
    }
  }
  if (binary !== undefined && offset < binary.byteLength) {
    throw badRequest(`${binary.byteLength - offset} bytes of binary data belong to no input`);
  }
  return decoded;
}

function decodeInput(
  input: unknown,
  index: number,
  signature: Signature,
  take: (size: number, where: string) => Uint8Array,
): TensorValue {
  if (!isObject(input)) throw badRequest(`inputs[${index}] must be an object`);
  if (typeof input.name !== "string") throw badRequest(`inputs[${index}].name must be text`);
  const spec = signature.inputs.find((candidate) => candidate.name === input.name);
  if (spec === undefined) {
    throw badRequest(`input "${input.name}" is unknown: the model takes ${quoted(signature.inputs)}`);
  }
  const where = `input "${spec.name}"`;
  if (input.datatype !== spec.datatype) {
    throw badRequest(`${where}: datatype is ${String(input.datatype)}, the model takes ${spec.datatype}`);
  }
  const shape = decodeShape(input.shape, spec, where);
  const count = elementCount(shape);
  const size = isObject(input.parameters) ? input.parameters.binary_data_size : undefined;
  if (size === undefined) {
    return {
      name: spec.name,
      datatype: spec.datatype,
      shape,
      data: decodeJsonData(input.data, spec.datatype, shape, count, where),
    };
  }
  if (input.data !== undefined) throw badRequest(`${where}: has both data and binary_data_size`);
  if (!isSize(size)) throw badRequest(`${where}: binary_data_size must be a whole number of bytes`);
  return { name: spec.name, datatype: spec.datatype, shape, data: decodeBinary(take(size, where), spec, count, where) };
}

const isSize = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

/** A signature's shape `[]` is a scalar or of unknown rank; onnxruntime tells which. */
function decodeShape(shape: unknown, spec: TensorSpec, where: string): number[] {
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    throw badRequest(`${where}: shape must be an array of whole numbers`);
  }
  const fits =
    spec.shape.length === 0 ||
    (shape.length === spec.shape.length && spec.shape.every((size, axis) => size === -1 || size === shape[axis]));
  if (!fits) throw badRequest(`${where}: shape is [${shape}], the model takes [${spec.shape}] (-1 is any size)`);
  // Beyond, products are no longer exact, and a zero times infinity is no number at all.
  if (!isSize(elementCount(shape.filter((size) => size > 0)))) {
    throw badRequest(`${where}: shape [${shape}] is more than any tensor can hold`);
  }
  return shape;
}

function decodeBinary(bytes: Uint8Array, spec: TensorSpec, count: number, where: string): TensorData {
  if (spec.datatype === "BYTES") return decodeBytesTensor(bytes, count, where);
  const type = NUMERIC[spec.datatype];
  if (type === undefined) throw badRequest(`${where}: datatype ${spec.datatype} is not served`);
  if (bytes.byteLength !== count * type.bytes) {
    throw badRequest(
      `${where}: ${count} elements of ${spec.datatype} are ${count * type.bytes} bytes, binary_data_size is ${bytes.byteLength}`,
    );
  }
  // A copy, because typed arrays must begin at a multiple of their element's size.
  return type.view(new Uint8Array(bytes).buffer);
}

function decodeOutputs(request: JsonObject, signature: Signature): WantedOutput[] {
  const binaryAll = flag(request.parameters, "binary_data_output", "parameters") ?? false;
  const outputs = request.outputs ?? [];
  if (!Array.isArray(outputs)) throw badRequest("outputs must be an array");
  if (outputs.length === 0) return signature.outputs.map(({ name }) => ({ name, binary: binaryAll }));
  const wanted = outputs.map((output: unknown, index): WantedOutput => {
    if (!isObject(output) || typeof output.name !== "string") throw badRequest(`outputs[${index}].name must be text`);
    const { name } = output;
    if (!signature.outputs.some((spec) => spec.name === name)) {
      throw badRequest(`output "${name}" is unknown: the model gives ${quoted(signature.outputs)}`);
    }
    return { name, binary: flag(output.parameters, "binary_data", `output "${name}"`) ?? binaryAll };
  });
  const names = wanted.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw badRequest(`output "${twice}" stands there twice`);
  return wanted;
}

function flag(parameters: unknown, key: string, where: string): boolean | undefined {
  if (parameters === undefined) return undefined;
  if (!isObject(parameters)) throw badRequest(`${where}: parameters must be an object`);
  const value = parameters[key];
  if (value !== undefined && typeof value !== "boolean") throw badRequest(`${where}: ${key} must be true or false`);
  return value;
}

function optionalText(value: unknown, field: string): string | undefined {
  if (value !== undefined && typeof value !== "string") throw badRequest(`${field} must be text`);
  return value;
}
