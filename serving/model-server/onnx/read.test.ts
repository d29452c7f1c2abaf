import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LoadError } from "#serving/model-server/runtime-errors.ts";
import { anExternalDataModel, aZipMapClassifier } from "#test/factories/onnx.ts";
import { assertExternalDataInside } from "./external-data.ts";
import { readModel } from "./read.ts";

function codeOf(work: () => unknown): string {
  try {
    work();
    return "none";
  } catch (error) {
    if (error instanceof LoadError) return error.code;
    throw error;
  }
}

describe("a file that is not a whole ONNX model", () => {
  it("is called truncated wherever it was cut", () => {
    const file = aZipMapClassifier();
    for (let length = 3; length < file.byteLength; length += 1) {
      // Whole but for its last opset import is whole.
      const code = codeOf(() => readModel(file.subarray(0, length)));
      expect([length, code]).toEqual([length, expect.stringMatching(/^(truncated|none)$/)]);
      if (length < file.byteLength - 20) expect(code).toBe("truncated");
    }
  });

  it.each([
    ["text", "this is a poem, named model.onnx\n".repeat(10)],
    ["HTML", "<!doctype html><title>Sign in</title>"],
    ["JSON", '{"model": 1}'],
    ["a zip archive", "PK\x03\x04 and more"],
    ["one byte", "x"],
  ])("is called not ONNX when it is %s", (_kind, text) => {
    expect(codeOf(() => readModel(new TextEncoder().encode(text)))).toBe("not_onnx");
  });

  it("never makes the reader fail in another way, whatever its bytes", () => {
    const file = aZipMapClassifier();
    fc.assert(fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => void codeOf(() => readModel(bytes))));
    fc.assert(
      fc.property(fc.nat(file.byteLength - 1), fc.nat(255), (index, byte) => {
        const damaged = Uint8Array.from(file);
        damaged[index] = byte;
        codeOf(() => readModel(damaged));
      }),
    );
  });
});

describe("external data", () => {
  it.each(["/etc/passwd", "../secret", "a/../../secret", "", "C:\\x"])(
    "outside the folder is refused: %j",
    (location) => {
      const model = readModel(anExternalDataModel(location));
      expect(codeOf(() => assertExternalDataInside(model, undefined))).toBe("external_data_outside");
      expect(codeOf(() => assertExternalDataInside(model, "/tmp"))).toBe("external_data_outside");
    },
  );

  it("of a file that came alone is missing, and the sentence says how to send both", () => {
    const model = readModel(anExternalDataModel());
    expect(() => assertExternalDataInside(model, undefined)).toThrow(
      /tar -cf model\.tar model\.onnx model\.onnx\.data/,
    );
  });
});
