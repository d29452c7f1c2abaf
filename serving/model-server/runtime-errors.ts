import type { Inspection } from "#domain/shared/signature.ts";
import { RequestError } from "./request-error.ts";

export type LoadFailureCode = Extract<Inspection, { ok: false }>["code"];

/** Why a file cannot be served, in words for the person who uploaded it. */
export class LoadError extends Error {
  override readonly name = "LoadError";
  readonly code: LoadFailureCode;

  constructor(code: LoadFailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The model itself failed on an input that fits its signature. */
export class InferenceError extends Error {
  override readonly name = "InferenceError";
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** onnxruntime's own words without its source locations and our folders, at most 300 characters. */
const cleaned = (message: string) =>
  message
    .replace(/^.*?This is an invalid model\. /s, "")
    .replace(/\/\S*\/(?=[^/\s]+)/g, "")
    .replace(/\S+\.(cc|h):\d+ [^:]*(?:\([^)]*\))? ?/g, "")
    .replace(/\s+/g, " ")
    .replace(/^[:\s]+/, "")
    .trim()
    .slice(0, 300);

/** `No Op registered for Foo with domain_version of 13`, `Could not find an implementation for Foo(13)`. */
function operatorIn(message: string): string {
  const name = /(?:No Op registered for|implementation for|registered function\/op:?) ([\w.:]+)/.exec(message)?.[1];
  return name === undefined
    ? `an operator of this model (${cleaned(message)})`
    : `the operator ${name} that this model uses`;
}

const LOAD_RULES: readonly (readonly [RegExp, LoadFailureCode, (message: string) => string])[] = [
  [
    /No Op registered for|is not a registered function\/op|Could not find an implementation/i,
    "unsupported_operator",
    (message) =>
      `ONNX Runtime does not have ${operatorIn(message)}. Export the model with standard operators of a current opset.`,
  ],
  [
    /external.*(escapes|outside|absolute|symlink|link)/i,
    "external_data_outside",
    () =>
      "The model names external data outside its own folder. Put the data files next to model.onnx and export again.",
  ],
  [
    /external/i,
    "external_data_missing",
    (message) =>
      `The model's external data cannot be read: ${cleaned(message)} Upload a tar with model.onnx and its data files.`,
  ],
  [
    /Unsupported data type/i,
    "unsupported_type",
    (message) =>
      `The model has an input or output whose element type cannot be served (${cleaned(message)}). Export it with FP32 or FP16.`,
  ],
  [
    /bad_alloc|Failed to allocate|out of memory/i,
    "out_of_memory",
    () => "The model needs more memory than is allowed for loading it.",
  ],
  [
    /Protobuf parsing failed/i,
    "not_onnx",
    () => "This is not an ONNX model, or it is damaged. Export it again and upload the .onnx file.",
  ],
];

/** What onnxruntime threw while it loaded a file. */
export function loadErrorOf(error: unknown): LoadError {
  const message = messageOf(error);
  const rule = LOAD_RULES.find(([pattern]) => pattern.test(message));
  if (rule !== undefined) return new LoadError(rule[1], rule[2](message));
  return new LoadError("load_failed", `ONNX Runtime cannot load the model: ${cleaned(message)}`);
}

/** What onnxruntime threw while it ran a model: the sender's fault when it names the input, else the model's. */
export function runErrorOf(error: unknown): RequestError | InferenceError {
  const message = messageOf(error);
  if (/Got invalid dimensions for input|Invalid rank for input|Unexpected input data type/i.test(message)) {
    return new RequestError(400, "invalid_request", cleaned(message));
  }
  return new InferenceError(cleaned(message));
}
