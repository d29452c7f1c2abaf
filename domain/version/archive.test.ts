import { describe, expect, it } from "vitest";
import { archiveProblem, isTar } from "./archive.ts";

const file = (path: string) => ({ path, type: "File" });

describe("an archive with a model", () => {
  it("is accepted with model.onnx, data files and folders, however its paths are written", () => {
    expect(archiveProblem([file("model.onnx"), file("weights.bin")])).toBeUndefined();
    const directories = [
      { path: "./", type: "Directory" },
      { path: "./data/", type: "Directory" },
    ];
    expect(archiveProblem([...directories, file("./model.onnx"), file("./data/w")])).toBeUndefined();
  });

  it.each(["Link", "SymbolicLink", "CharacterDevice", "BlockDevice", "FIFO", "Unsupported"])(
    "is refused with an entry of type %s",
    (type) => {
      expect(archiveProblem([file("model.onnx"), { path: "weights", type }])).toContain('"weights"');
    },
  );

  it.each(["/etc/passwd", "../weights", "a/../../b", "a/..", "C:\\weights", "C:weights", "a\\b", "a\0b", ""])(
    "is refused with the path %j",
    (path) => {
      expect(archiveProblem([file("model.onnx"), file(path)])).toBeDefined();
    },
  );

  it("is refused without model.onnx at its top, and with a file twice", () => {
    expect(archiveProblem([file("export/model.onnx")])).toContain("no model.onnx");
    expect(archiveProblem([file("model.onnx"), file("./model.onnx")])).toContain("twice");
  });

  it("is told from an ONNX file by its magic", () => {
    const head = new Uint8Array(512);
    expect(isTar(head)).toBe(false);
    head.set(new TextEncoder().encode("ustar"), 257);
    expect(isTar(head)).toBe(true);
    expect(isTar(new Uint8Array(3))).toBe(false);
  });
});
