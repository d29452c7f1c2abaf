import type { Signature } from "#domain/shared/signature.ts";
import type { LoadFailureCode } from "./runtime-errors.ts";

export type ThreadData = { file: string; modelName: string; modelVersion: string };

/** `headerLength` is Inference-Header-Content-Length. */
export type Job = { job: number; body: Uint8Array; headerLength: number | undefined };

/** After what was handed to it before, the thread ends. */
export const END = "end";

export type Answered = {
  job: number;
  status: number;
  contentType: string;
  headerLength: number | undefined;
  body: Uint8Array;
  beganAtMs: number;
  /** Time inside onnxruntime; undefined when it did not get that far. */
  runMs: number | undefined;
  rows: number;
};

export type ThreadReport =
  | { kind: "loaded" }
  /** `freeSize` is the size of free dimensions that the model ran on; `failure` why no size worked. */
  | { kind: "ready"; signature: Signature; freeSize: number; failure: string | undefined; warmUpMs: number }
  | { kind: "failed"; code: LoadFailureCode; failure: string }
  | ({ kind: "answered" } & Answered);

/** A clock that all threads share, unlike performance.now(). */
export const epochMs = () => performance.timeOrigin + performance.now();
