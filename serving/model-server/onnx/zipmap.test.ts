import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { node, onnxFile, tensorValue } from "#demo/onnx-file.ts";
import { aLinearModel, aZipMapClassifier } from "#test/factories/onnx.ts";
import { sequenceOfMaps } from "#test/factories/onnx-builder.ts";
import { ModelProtoSchema } from "./generated/onnx_pb.ts";
import { serveTensorsUnderZipMaps } from "./zipmap.ts";

const decode = (bytes: Uint8Array) => fromBinary(ModelProtoSchema, bytes);
const zipMap = (input: string, output: string) => node("ZipMap", [input], [output], [], "ai.onnx.ml");

describe("the tensor under a ZipMap", () => {
  it("answers for the output, and the ZipMap is gone", () => {
    const { bytes, tensorOf } = serveTensorsUnderZipMaps(aZipMapClassifier());
    expect([...tensorOf]).toEqual([
      ["label", "label"],
      ["probabilities", "scores"],
    ]);
    const graph = decode(bytes).graph;
    expect(graph?.node.map(({ opType }) => opType)).toEqual(["LinearClassifier"]);
    expect(graph?.output.map(({ name, type }) => [name, type?.value.case])).toEqual([
      ["label", "tensorType"],
      ["scores", "tensorType"],
    ]);
  });

  it("is asked for once when two outputs, or an output of its own, stand for it", () => {
    const file = onnxFile({
      node: [node("Softmax", ["x"], ["p"]), zipMap("p", "first"), zipMap("p", "second")],
      input: [tensorValue("x", 1, ["rows", 3])],
      output: [sequenceOfMaps("first"), sequenceOfMaps("second"), tensorValue("p", 1, ["rows", 3])],
    });
    const { bytes, tensorOf } = serveTensorsUnderZipMaps(file);
    expect(Object.fromEntries(tensorOf)).toEqual({ first: "p", second: "p", p: "p" });
    expect(decode(bytes).graph?.output.map(({ name }) => name)).toEqual(["p"]);
  });

  it("is not looked for under operators of another domain", () => {
    const file = onnxFile({
      node: [node("ZipMap", ["x"], ["y"], [], "my.company")],
      input: [tensorValue("x", 1, [1])],
      output: [tensorValue("y", 1, [1])],
    });
    expect(decode(serveTensorsUnderZipMaps(file).bytes)).toEqual(decode(file));
  });
});

it("A rewritten file keeps what we do not know about", () => {
  const docString = { no: 6, wireType: 2, data: Uint8Array.of(2, 0x68, 0x69) };
  const model = decode(aLinearModel());
  const file = toBinary(ModelProtoSchema, create(ModelProtoSchema, { ...model, $unknown: [docString] }));
  expect(decode(serveTensorsUnderZipMaps(file).bytes).$unknown).toEqual([docString]);
});
