import type { InferRequest } from "./tensors.ts";

/** What somebody typed as a request, or what is the matter with it. */
export function readRequest(text: string): { request: InferRequest | null; problem: string | null } {
  if (text.trim() === "") return { request: null, problem: "Enter a request." };
  let endless = false;
  try {
    const parsed: unknown = JSON.parse(text, (_key, value: unknown) => {
      endless ||= typeof value === "number" && !Number.isFinite(value);
      return value;
    });
    // Sent on, it would become null.
    if (endless) return { request: null, problem: "A number in it is too large to be one." };
    if (typeof parsed === "object" && parsed !== null && "inputs" in parsed && Array.isArray(parsed.inputs))
      return { request: parsed as InferRequest, problem: null };
    return { request: null, problem: 'A request is an object with "inputs".' };
  } catch {
    return { request: null, problem: "This is not JSON yet." };
  }
}
