import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  aBoolNot,
  aFixedBatchModel,
  aLinearModel,
  anExternalDataModel,
  anFp16Cast,
  anInt64Adder,
  aStringPassthrough,
  aZipMapClassifier,
  externalWeights,
} from "#test/factories/onnx.ts";
import { type JsonTensor, startModelServer } from "#test/support/model-server.ts";

type Sample = {
  name: string;
  model: Uint8Array;
  files?: Record<string, Uint8Array>;
  inputs: JsonTensor[];
  /** As JSON; numbers are compared within 1e-5. */
  outputs: JsonTensor[];
  /** The binary data of `inputs`, and of `outputs`. */
  sent: Uint8Array;
  received: Uint8Array;
};

const tensor = (name: string, datatype: string, shape: number[], data: unknown[]): JsonTensor => ({
  name,
  datatype,
  shape,
  data,
});
const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const halves = (...values: number[]) => new Uint8Array(Float16Array.from(values).buffer);
const longs = (...values: number[]) => new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
const texts = (...values: string[]) =>
  Buffer.concat(
    values.map((value) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(Buffer.byteLength(value));
      return Buffer.concat([length, Buffer.from(value)]);
    }),
  );

function softmax(scores: number[]): number[] {
  const powers = scores.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

const SAMPLES: Sample[] = [
  {
    name: "a linear model, two rows of a free dimension",
    model: aLinearModel(),
    inputs: [tensor("x", "FP32", [2, 2], [1, 2, 3, 4])],
    outputs: [tensor("y", "FP32", [2, 1], [-3.5, -5.5])],
    sent: floats(1, 2, 3, 4),
    received: floats(-3.5, -5.5),
  },
  {
    name: "a scikit-learn classifier whose output is a sequence of maps",
    model: aZipMapClassifier(),
    inputs: [tensor("x", "FP32", [1, 2], [2, 1])],
    outputs: [tensor("label", "INT64", [1], [0]), tensor("probabilities", "FP32", [1, 3], softmax([2, 1, -2.5]))],
    sent: floats(2, 1),
    received: Buffer.concat([longs(0), floats(...softmax([2, 1, -2.5]))]),
  },
  {
    name: "text in and out",
    model: aStringPassthrough(),
    inputs: [tensor("words", "BYTES", [3], ["grüezi", "", "日本"])],
    outputs: [tensor("echo", "BYTES", [3], ["grüezi", "", "日本"])],
    sent: texts("grüezi", "", "日本"),
    received: texts("grüezi", "", "日本"),
  },
  {
    name: "two int64 inputs",
    model: anInt64Adder(),
    inputs: [tensor("a", "INT64", [2], [1, -5]), tensor("b", "INT64", [2], [2 ** 40, 5])],
    outputs: [tensor("sum", "INT64", [2], [2 ** 40 + 1, 0])],
    sent: longs(1, -5, 2 ** 40, 5),
    received: longs(2 ** 40 + 1, 0),
  },
  {
    name: "half precision",
    model: anFp16Cast(),
    inputs: [tensor("half", "FP16", [3], [1.5, -2, 65504])],
    outputs: [tensor("single", "FP32", [3], [1.5, -2, 65504]), tensor("back", "FP16", [3], [1.5, -2, 65504])],
    sent: halves(1.5, -2, 65504),
    received: Buffer.concat([floats(1.5, -2, 65504), halves(1.5, -2, 65504)]),
  },
  {
    name: "booleans",
    model: aBoolNot(),
    inputs: [tensor("flag", "BOOL", [2], [true, false])],
    outputs: [tensor("opposite", "BOOL", [2], [false, true])],
    sent: Uint8Array.of(1, 0),
    received: Uint8Array.of(0, 1),
  },
  {
    name: "a fixed batch and names that are not identifiers",
    model: aFixedBatchModel(),
    inputs: [tensor("in/0", "FP32", [3, 2], [1, 2, 3, 4, 5, 6])],
    outputs: [tensor("21", "FP32", [3, 2], [-1, -2, -3, -4, -5, -6])],
    sent: floats(1, 2, 3, 4, 5, 6),
    received: floats(-1, -2, -3, -4, -5, -6),
  },
  {
    name: "weights in a second file",
    model: anExternalDataModel(),
    files: { "model.onnx.data": externalWeights() },
    inputs: [tensor("x", "FP32", [1, 4], [1, 1, 1, 1])],
    outputs: [tensor("y", "FP32", [1, 4], [11, 21, 31, 41])],
    sent: floats(1, 1, 1, 1),
    received: floats(11, 21, 31, 41),
  },
];

/** The JSON header of a request whose tensors follow as binary data. */
function binaryHeader(inputs: JsonTensor[], sent: Uint8Array): Buffer {
  const bytesPer = (input: JsonTensor) =>
    input.datatype === "BYTES" ? sent.byteLength : sent.byteLength / inputs.length;
  const heads = inputs.map((input) => ({
    ...input,
    data: undefined,
    parameters: { binary_data_size: bytesPer(input) },
  }));
  return Buffer.from(JSON.stringify({ inputs: heads, parameters: { binary_data_output: true } }));
}

describe.each(SAMPLES)("A model with $name", ({ model, files, inputs, outputs, sent, received }) => {
  let server: Awaited<ReturnType<typeof startModelServer>>;
  beforeAll(async () => {
    server = await startModelServer(model, {}, files);
  });
  afterAll(async () => {
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });

  it("answers in JSON what it should", async () => {
    const response = await server.infer(inputs, { id: "42" });
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual({
      model_name: "sample",
      model_version: "3",
      id: "42",
      outputs: outputs.map((output) => ({
        ...output,
        data: output.data.map((value) => (typeof value === "number" ? expect.closeTo(value, 5) : value)),
      })),
    });
  });

  it("answers the same in binary data, with the version in the path", async () => {
    const head = binaryHeader(inputs, sent);
    const response = await server.post(
      Buffer.concat([head, sent]),
      { "Inference-Header-Content-Length": String(head.byteLength) },
      "/v2/models/sample/versions/3/infer",
    );
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    const body = new Uint8Array(await response.arrayBuffer());
    const headerLength = Number(response.headers.get("inference-header-content-length"));
    const header = JSON.parse(new TextDecoder().decode(body.subarray(0, headerLength))) as { outputs: unknown[] };
    expect(header.outputs).toEqual(
      outputs.map(({ name, datatype, shape }) => ({
        name,
        datatype,
        shape,
        parameters: { binary_data_size: expect.any(Number) },
      })),
    );
    expect(Buffer.from(body.subarray(headerLength))).toEqual(Buffer.from(received));
  });

  it("describes itself with the tensors it takes and gives", async () => {
    const described = (await (await fetch(`${server.url}/v2/models/sample`)).json()) as Record<string, unknown>;
    expect(described).toMatchObject({
      name: "sample",
      versions: ["3"],
      inputs: inputs.map(({ name, datatype }) => ({ name, datatype })),
      outputs: outputs.map(({ name, datatype }) => ({ name, datatype })),
    });
  });
});
