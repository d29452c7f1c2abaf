import { execFileSync } from "node:child_process";
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Inspection, inspectionSchema } from "#domain/shared/signature.ts";
import {
  aFixedBatchModel,
  anExternalDataModel,
  anInt64Adder,
  aStringPassthrough,
  aZipMapClassifier,
  externalWeights,
} from "#test/factories/onnx.ts";
import {
  aBf16Model,
  aMemoryHog,
  aModelThatLiesAboutSizes,
  anEndlessLoop,
  anUnknownOperator,
  aSequenceOutput,
} from "#test/factories/onnx-hostile.ts";
import { inspectFile } from "#test/support/inspect-file.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-inspect-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
function written(bytes: Uint8Array | string): string {
  count += 1;
  const file = join(folder, `artifact-${count}`);
  writeFileSync(file, bytes);
  return file;
}

/** A tar as the system's tar packs it, of a folder that `fill` has filled. */
function packed(fill: (source: string) => void, flags: string[] = []): string {
  count += 1;
  const source = join(folder, `source-${count}`);
  mkdirSync(source);
  fill(source);
  const file = join(folder, `artifact-${count}.tar`);
  execFileSync("tar", ["-cf", file, "-C", source, ...flags, ...readdirSync(source)]);
  return file;
}

function put(source: string, name: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(join(source, name)), { recursive: true });
  writeFileSync(join(source, name), bytes);
}

const refusal = (code: string, failure: RegExp): Inspection =>
  ({ ok: false, code, failure: expect.stringMatching(failure) }) as Inspection;

describe("A model that can be served", () => {
  it.each([
    [
      "with ZipMap",
      aZipMapClassifier(),
      [["x", "FP32", [-1, 2]]],
      [
        ["label", "INT64", [-1]],
        ["probabilities", "FP32", [-1, 3]],
      ],
      [0, 0],
    ],
    ["of text", aStringPassthrough(), [["words", "BYTES", [-1]]], [["echo", "BYTES", [-1]]], [""]],
    ["of a fixed batch", aFixedBatchModel(), [["in/0", "FP32", [3, 2]]], [["21", "FP32", [3, 2]]], [0, 0, 0, 0, 0, 0]],
  ])("%s shows its signature, its origin and an example it ran on", async (_kind, model, inputs, outputs, data) => {
    const inspection = await inspectFile(written(model));
    const specs = (list: unknown[][]) => list.map(([name, datatype, shape]) => ({ name, datatype, shape }));
    expect(inspection).toMatchObject({
      ok: true,
      signature: { inputs: specs(inputs), outputs: specs(outputs) },
      graph: { producer: "slipway 1", opset: { "ai.onnx": 13, "ai.onnx.ml": 1 }, omitted: 0 },
      exampleInput: { inputs: [{ name: inputs[0]?.[0], datatype: inputs[0]?.[1], data }] },
    });
  });

  it("with several inputs has an example for each", async () => {
    const inspection = await inspectFile(written(anInt64Adder()));
    expect(inspection).toMatchObject({
      exampleInput: {
        inputs: [
          { name: "a", datatype: "INT64", shape: [1], data: [0] },
          { name: "b", datatype: "INT64", shape: [1], data: [0] },
        ],
      },
    });
  });

  it.each([[[]], [["--format=pax"]], [["--format=ustar"]]])(
    "may come as a tar with its data files, packed with %j",
    async (flags) => {
      const name = `weights/${"long-".repeat(15)}name`;
      const file = packed((source) => {
        put(source, "model.onnx", anExternalDataModel(name));
        put(source, name, externalWeights());
      }, flags);
      expect(await inspectFile(file)).toMatchObject({ ok: true, signature: { outputs: [{ name: "y" }] } });
    },
  );
});

describe("A file that is not a model", () => {
  it.each([
    ["empty", "", refusal("empty", /empty/)],
    ["text", "I am a model, honestly.\n", refusal("not_onnx", /Export the model to ONNX/)],
    ["a PyTorch file", "PK\x03\x04data.pkl", refusal("not_onnx", /zip archive/)],
    ["cut short", aZipMapClassifier().subarray(0, 300), refusal("truncated", /bytes are missing/)],
  ])("is refused when it is %s", async (_kind, bytes, expected) => {
    expect(await inspectFile(written(bytes))).toEqual(expected);
  });
});

describe("A model that cannot be served", () => {
  it.each([
    ["an unknown operator", anUnknownOperator(), refusal("unsupported_operator", /Teleport/)],
    ["an element type without a place in the protocol", aBf16Model(), refusal("unsupported_type", /FP32/)],
    ["a sequence as output", aSequenceOutput(), refusal("unsupported_type", /"parts"/)],
    ["sizes that lie", aModelThatLiesAboutSizes(), refusal("load_failed", /4 bytes.*4000 bytes/)],
    ["weights that did not come along", anExternalDataModel(), refusal("external_data_missing", /tar -cf/)],
    [
      "weights outside its folder",
      anExternalDataModel("../../etc/passwd"),
      refusal("external_data_outside", /outside/),
    ],
  ])("is refused for %s", async (_kind, model, expected) => {
    expect(await inspectFile(written(model))).toEqual(expected);
  });

  it("is refused at the deadline when it never ends", async () => {
    const inspection = await inspectFile(written(anEndlessLoop()), { INSPECT_TIMEOUT_MS: "3000" });
    expect(inspection).toEqual(refusal("run_timeout", /still running after 3 s/));
  });

  it("is refused at the memory limit, long before the machine has none left", async () => {
    const inspection = await inspectFile(written(aMemoryHog(3)), { INSPECT_MEMORY_MB: "400" });
    expect(inspection).toEqual(refusal("out_of_memory", /400 MiB/));
  });

  it("is refused, and its neighbours stay unread, when its weights are said to be another artifact's file", async () => {
    const neighbour = written(externalWeights());
    const model = anExternalDataModel(neighbour.slice(folder.length + 1));
    expect(await inspectFile(written(model))).toEqual(refusal("external_data_missing", /second file/));
  });
});

describe("An archive", () => {
  const model = (source: string) => put(source, "model.onnx", anExternalDataModel());

  it.each([
    [
      "a symbolic link",
      (source: string) => symlinkSync("/etc/passwd", join(source, "model.onnx.data")),
      /SymbolicLink/,
    ],
    ["a hard link", (source: string) => linkSync(join(source, "model.onnx"), join(source, "model.onnx.data")), /Link/],
    ["a pipe", (source: string) => void execFileSync("mkfifo", [join(source, "model.onnx.data")]), /FIFO/],
  ])("with %s is refused before anything is unpacked", async (_kind, add, failure) => {
    const file = packed((source) => {
      model(source);
      add(source);
    });
    expect(await inspectFile(file)).toEqual(refusal("archive_unsafe", failure));
  });

  it("with a path that climbs out is refused", async () => {
    const file = packed((source) => model(source), ["--transform=s,^,../,", "-P"]);
    expect(await inspectFile(file)).toEqual(refusal("archive_unsafe", /outside/));
  });

  it("without model.onnx is refused", async () => {
    const file = packed((source) => put(source, "net.onnx", aZipMapClassifier()));
    expect(await inspectFile(file)).toEqual(refusal("archive_unsafe", /no model.onnx/));
  });

  it("whose data file is missing or too short is refused", async () => {
    expect(await inspectFile(packed(model))).toEqual(refusal("external_data_missing", /not in the archive/));
    const short = packed((source) => {
      model(source);
      put(source, "model.onnx.data", externalWeights().subarray(0, 8));
    });
    expect(await inspectFile(short)).toEqual(refusal("external_data_missing", /8 bytes, the model reads up to 16/));
  });

  it("that was cut short is refused", async () => {
    const file = packed((source) => {
      model(source);
      put(source, "model.onnx.data", new Uint8Array(100_000));
    });
    truncateSync(file, 50_000);
    expect(await inspectFile(file)).toEqual(refusal("truncated", /cannot be read to its end/));
  });

  it("leaves nothing behind, not even one whose inspection was killed", async () => {
    const file = packed((source) => {
      model(source);
      put(source, "model.onnx.data", externalWeights());
    });
    const temporary = join(folder, "tmp");
    // No process has this number: Linux stops counting at 2^22.
    mkdirSync(join(temporary, "slipway-inspect-4194305-killed"), { recursive: true });
    await inspectFile(file, { TMPDIR: temporary });
    expect(readdirSync(temporary)).toEqual([]);
  });
});

it("Every answer is one line that the shared schema accepts", async () => {
  const inspection = await inspectFile(written(aZipMapClassifier()));
  expect(inspectionSchema.parse(inspection)).toEqual(inspection);
});
