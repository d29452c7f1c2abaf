import type { TensorValue } from "#serving/model-server/datatypes.ts";
import { encodeBytesTensor } from "./bytes-tensor.ts";
import { encodeJsonData } from "./json-data.ts";

export type InferResponse = {
  modelName: string;
  modelVersion: string;
  id: string | undefined;
  outputs: readonly (TensorValue & { binary: boolean })[];
};

/** `headerLength` is the value of Inference-Header-Content-Length, undefined when every output is JSON. */
export type EncodedResponse = { body: Uint8Array; headerLength: number | undefined };

const encoder = new TextEncoder();

/** An Open Inference Protocol v2 response; the binary data of outputs follows the JSON in their order. */
export function encodeInferResponse(response: InferResponse): EncodedResponse {
  const binaries: Uint8Array[] = [];
  const outputs = response.outputs.map((output) => {
    const head = `"name":${JSON.stringify(output.name)},"datatype":"${output.datatype}","shape":[${output.shape}]`;
    if (!output.binary) return `{${head},"data":${encodeJsonData(output.data, output.datatype)}}`;
    const bytes = binaryOf(output);
    binaries.push(bytes);
    return `{${head},"parameters":{"binary_data_size":${bytes.byteLength}}}`;
  });
  const id = response.id === undefined ? "" : `"id":${JSON.stringify(response.id)},`;
  const json = encoder.encode(
    `{"model_name":${JSON.stringify(response.modelName)},"model_version":${JSON.stringify(response.modelVersion)},${id}"outputs":[${outputs.join(",")}]}`,
  );
  if (binaries.length === 0) return { body: json, headerLength: undefined };
  return { body: concatenated([json, ...binaries]), headerLength: json.byteLength };
}

/** Into memory of its own, unlike Buffer's pool: the body moves to another thread with its ArrayBuffer. */
function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const body = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    body.set(part, offset);
    offset += part.byteLength;
  }
  return body;
}

function binaryOf({ data }: TensorValue): Uint8Array {
  if (Array.isArray(data)) return encodeBytesTensor(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
