import type { Inspection } from "#domain/shared/signature.ts";

type Reason = Extract<Inspection, { ok: false }>["code"];

const FIXES: Readonly<Record<Reason, string>> = {
  empty: "Choose the file again: this one has no bytes.",
  not_onnx: "torch.onnx.export, skl2onnx and tf2onnx write such files.",
  truncated: "Export or download the file again: its end is missing.",
  unsupported_operator: "Export with a lower opset, or without the operator that is named here.",
  external_data_outside: "Save the weights beside the model, pack both with tar and choose the archive.",
  external_data_missing: "Pack the model and its weights into one archive: tar -cf model.tar model.onnx weights.bin",
  unsupported_type: "Export with inputs and outputs that are tensors; for scikit-learn turn ZipMap off.",
  load_failed: "Load it with onnxruntime on your machine; what is wrong there is wrong here.",
  run_failed: "Run it once with onnxruntime on your machine; a model that cannot run there cannot be served.",
  run_timeout: "Look for a loop that does not end, or a model that is far too large for one input.",
  out_of_memory: "Quantise the model or make it smaller: it needs more memory than a check may take.",
  archive_unsafe: "Pack the archive from inside the model's folder, with plain files alone.",
};

const isReason = (reason: unknown): reason is Reason => typeof reason === "string" && reason in FIXES;

/** How to mend what a registration was refused for; null: the refusal says it itself. */
export function adviceFor(code: string, reason: unknown): string | null {
  if (code === "invalid_model" && isReason(reason)) return FIXES[reason];
  if (code === "unauthenticated") return "Your session has ended: sign in in another tab, then try again here.";
  if (code === "offline") return "See that Slipway runs and try again; what you entered is still here.";
  if (code === "unreadable") return "Choose it again.";
  if (code === "storage_full") return "Ask who runs Slipway to make room for artifacts, then try again.";
  if (code === "payload_too_large") return "Make the file smaller, for instance by quantising its weights.";
  return null;
}
