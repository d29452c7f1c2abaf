import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Datatype, Signature } from "#domain/shared/signature.ts";
import type { TensorData } from "#serving/model-server/datatypes.ts";
import { RequestError } from "#serving/model-server/request-error.ts";
import { decodeInferRequest } from "./request.ts";
import { encodeInferResponse } from "./response.ts";

const signatureOf = (datatype: Datatype, shape = [-1]): Signature => ({
  inputs: [{ name: "x", datatype, shape }],
  outputs: [
    { name: "y", datatype, shape },
    { name: "z", datatype: "FP32", shape: [1] },
  ],
});
const bytesOf = (value: unknown) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

/** What travels when a server answers `data` as "x", read as a request: the protocol's tensors look the same both ways. */
function roundTrip(data: TensorData, datatype: Datatype, binary: boolean): TensorData | undefined {
  const outputs = [{ name: "x", datatype, shape: [data.length], data, binary }];
  const { body, headerLength } = encodeInferResponse({ modelName: "m", modelVersion: "1", id: undefined, outputs });
  const json = new TextDecoder().decode(body.subarray(0, headerLength)).replace('"outputs"', '"inputs"');
  const head = bytesOf(json);
  const request = Buffer.concat([head, body.subarray(headerLength ?? body.byteLength)]);
  const decoded = decodeInferRequest(request, binary ? head.byteLength : undefined, signatureOf(datatype));
  return decoded.inputs[0]?.data;
}

const integers = (min: number, max: number) => fc.array(fc.integer({ min, max }));
const DATA: Readonly<Partial<Record<Datatype, fc.Arbitrary<TensorData>>>> = {
  BOOL: fc.array(fc.integer({ min: 0, max: 1 })).map((values) => Uint8Array.from(values)),
  UINT8: integers(0, 255).map((values) => Uint8Array.from(values)),
  UINT16: integers(0, 65_535).map((values) => Uint16Array.from(values)),
  UINT32: integers(0, 2 ** 32 - 1).map((values) => Uint32Array.from(values)),
  INT8: integers(-128, 127).map((values) => Int8Array.from(values)),
  INT16: integers(-32_768, 32_767).map((values) => Int16Array.from(values)),
  INT32: integers(-(2 ** 31), 2 ** 31 - 1).map((values) => Int32Array.from(values)),
  FP16: fc.array(fc.double()).map((values) => Float16Array.from(values)),
  FP32: fc.array(fc.float()).map((values) => Float32Array.from(values)),
  FP64: fc.array(fc.double()).map((values) => Float64Array.from(values)),
  BYTES: fc.array(fc.string({ unit: "grapheme" })),
};
const SAFE = { min: BigInt(Number.MIN_SAFE_INTEGER), max: BigInt(Number.MAX_SAFE_INTEGER) };

describe("tensors", () => {
  it.each(Object.keys(DATA) as Datatype[])("of %s arrive as they were sent, as JSON and as binary data", (datatype) => {
    const any = DATA[datatype];
    if (any === undefined) throw new Error(datatype);
    fc.assert(
      fc.property(any, fc.boolean(), (data, binary) => {
        // JSON has no negative zero worth keeping apart, nor do its readers.
        const seen = (values: TensorData) => Array.from<unknown>(values).map((value) => (value === 0 ? 0 : value));
        expect(seen(roundTrip(data, datatype, binary) ?? [])).toEqual(seen(data));
      }),
    );
  });

  it("of INT64 and UINT64 keep every digit in binary data, and in JSON up to 2^53", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(SAFE)), fc.boolean(), (values, binary) => {
        expect(roundTrip(BigInt64Array.from(values), "INT64", binary)).toEqual(BigInt64Array.from(values));
      }),
    );
    const extremes = BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n);
    expect(roundTrip(extremes, "INT64", true)).toEqual(extremes);
    const largest = BigUint64Array.of(2n ** 64n - 1n);
    expect(roundTrip(largest, "UINT64", true)).toEqual(largest);
  });

  it("of INT64 beyond 2^53 are taken as text and refused as numbers, which have lost digits by then", () => {
    const request = (data: unknown) =>
      bytesOf({ inputs: [{ name: "x", datatype: "INT64", shape: [1], data: [data] }] });
    const decoded = decodeInferRequest(request("9007199254740993"), undefined, signatureOf("INT64"));
    expect(decoded.inputs[0]?.data).toEqual(BigInt64Array.of(9007199254740993n));
    expect(() => decodeInferRequest(request(2 ** 53), undefined, signatureOf("INT64"))).toThrow(/element 0.*2\^53/);
    expect(() => decodeInferRequest(request("9223372036854775808"), undefined, signatureOf("INT64"))).toThrow(
      /outside/,
    );
  });

  it("may be nested as their shape says", () => {
    const request = (data: unknown) => bytesOf({ inputs: [{ name: "x", datatype: "FP32", shape: [2, 2], data }] });
    const signature = signatureOf("FP32", [-1, 2]);
    expect(
      decodeInferRequest(
        request([
          [1, 2],
          [3, 4],
        ]),
        undefined,
        signature,
      ).inputs[0]?.data,
    ).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(() => decodeInferRequest(request([[1, 2, 3], [4]]), undefined, signature)).toThrow(
      /3 elements along axis 1/,
    );
  });
});

describe("a request", () => {
  const signature = signatureOf("FP32", [-1, 2]);
  const good = { name: "x", datatype: "FP32", shape: [1, 2], data: [1, 2] };
  const decode = (value: unknown, headerLength?: number) => decodeInferRequest(bytesOf(value), headerLength, signature);

  it("asks for all outputs unless it names some, and chooses binary data for all or each", () => {
    expect(decode({ inputs: [good] }).outputs).toEqual([
      { name: "y", binary: false },
      { name: "z", binary: false },
    ]);
    const parameters = { binary_data_output: true };
    const outputs = [{ name: "z", parameters: { binary_data: false } }, { name: "y" }];
    expect(decode({ id: "7", inputs: [good], parameters, outputs })).toMatchObject({
      id: "7",
      outputs: [
        { name: "z", binary: false },
        { name: "y", binary: true },
      ],
    });
  });

  it.each([
    ["text", /not JSON/],
    ["[]", /object/],
    ['{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,NaN]}]}', /not JSON/],
    [{}, /inputs must be an array/],
    [{ inputs: [] }, /input "x" \(FP32 \[-1,2\]\) is missing/],
    [{ inputs: [{ ...good, name: "X" }] }, /input "X" is unknown: the model takes "x"/],
    [{ inputs: [good, good] }, /input "x" stands there twice/],
    [{ inputs: [{ ...good, datatype: "FP64" }] }, /input "x": datatype is FP64, the model takes FP32/],
    [{ inputs: [{ ...good, shape: [1, 3] }] }, /input "x": shape is \[1,3\], the model takes \[-1,2\]/],
    [{ inputs: [{ ...good, shape: [2] }] }, /input "x": shape is \[2\]/],
    [{ inputs: [{ ...good, shape: [-1, 2] }] }, /input "x": shape must be/],
    [{ inputs: [{ ...good, shape: [1.5, 2] }] }, /input "x": shape must be/],
    [{ inputs: [{ ...good, data: [1] }] }, /input "x": shape \[1,2\] holds 2 elements, data has 1/],
    [{ inputs: [{ ...good, data: [1, null] }] }, /input "x": element 1 is null, not a number/],
    [{ inputs: [{ ...good, data: [1, "2"] }] }, /input "x": element 1 is "2", not a number/],
    [{ inputs: [{ ...good, data: [1, "constructor"] }] }, /input "x": element 1 is "constructor", not a number/],
    [{ inputs: [{ ...good, data: undefined }] }, /input "x": data must be an array/],
    [{ inputs: [{ ...good, parameters: { binary_data_size: 8 } }] }, /both data and binary_data_size/],
    [
      { inputs: [{ ...good, data: undefined, parameters: { binary_data_size: 8 } }] },
      /Inference-Header-Content-Length/,
    ],
    [{ inputs: [good], outputs: [{ name: "q" }] }, /output "q" is unknown: the model gives "y", "z"/],
    [{ inputs: [good], outputs: [{ name: "y" }, { name: "y" }] }, /output "y" stands there twice/],
    [{ inputs: [good], parameters: { binary_data_output: 1 } }, /binary_data_output must be true or false/],
    [{ inputs: [good], id: 7 }, /id must be text/],
  ])("that is wrong is refused with a sentence that names the field: %j", (body, sentence) => {
    const call = () => decode(body);
    expect(call).toThrow(RequestError);
    expect(call).toThrow(sentence);
  });

  it("with binary data that does not fit its header is refused", () => {
    const header = (size: number) =>
      bytesOf({ inputs: [{ ...good, data: undefined, parameters: { binary_data_size: size } }] });
    const call = (size: number, sent: number) => () => {
      const head = header(size);
      return decodeInferRequest(Buffer.concat([head, new Uint8Array(sent)]), head.byteLength, signature);
    };
    expect(call(8, 8)().inputs[0]?.data).toEqual(Float32Array.of(0, 0));
    expect(call(8, 7)).toThrow(/reaches past the body, 7 bytes are left/);
    expect(call(8, 9)).toThrow(/1 bytes of binary data belong to no input/);
    expect(call(4, 4)).toThrow(/2 elements of FP32 are 8 bytes, binary_data_size is 4/);
    expect(() => decodeInferRequest(bytesOf("{}"), 3, signature)).toThrow(/Inference-Header-Content-Length is 3/);
  });

  it("whose shape holds more elements than can be counted is refused, also where a zero hides it", () => {
    const vast = Array<number>(24).fill(2 ** 50);
    for (const [datatype, shape] of [
      ["BYTES", [...vast, 0]],
      ["FP32", [...vast, 0]],
      ["FP32", vast],
    ] as const) {
      const head = bytesOf({ inputs: [{ name: "x", datatype, shape, parameters: { binary_data_size: 0 } }] });
      const call = () => decodeInferRequest(head, head.byteLength, signatureOf(datatype, []));
      expect(call, `${datatype} ${shape.length}`).toThrow(/input "x": shape .* more than/);
    }
  });

  it("with BYTES whose lengths lie, or that are not UTF-8, is refused", () => {
    const call =
      (...bytes: number[]) =>
      () => {
        const input = { name: "x", datatype: "BYTES", shape: [1], parameters: { binary_data_size: bytes.length } };
        const head = bytesOf({ inputs: [input] });
        return decodeInferRequest(Buffer.concat([head, Uint8Array.from(bytes)]), head.byteLength, signatureOf("BYTES"));
      };
    expect(call(2, 0, 0, 0, 104, 105)().inputs[0]?.data).toEqual(["hi"]);
    expect(call(3, 0, 0, 0, 104, 105)).toThrow(/element 0 reaches past/);
    expect(call(255, 255, 255, 255)).toThrow(/element 0 reaches past/);
    expect(call(2, 0)).toThrow(/ends inside a length/);
    expect(call()).toThrow(/holds 0 elements, its shape 1/);
    expect(call(0, 0, 0, 0, 0, 0, 0, 0)).toThrow(/more than 1 elements/);
    expect(call(1, 0, 0, 0, 255)).toThrow(/element 0 is not UTF-8/);
  });

  it("never makes the decoder fail in another way, whatever its bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.option(fc.nat(40), { nil: undefined }), (body, headerLength) => {
        expect(() => decodeInferRequest(body, headerLength, signature)).toThrow(RequestError);
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => decode({ inputs: [value] })).toThrow(RequestError);
        expect(() => decode({ inputs: [{ ...good, shape: value }] })).toThrow(RequestError);
      }),
    );
  });
});
