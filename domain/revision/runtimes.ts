/** What a person may ask of a runtime; how it becomes a pod is the manifests' business. */
type Runtime = Readonly<{ formats: readonly string[]; devices: readonly ("cpu" | "gpu")[] }>;

const RUNTIMES: Readonly<Record<string, Runtime>> = {
  onnx: { formats: ["onnx"], devices: ["cpu"] },
};

export const runtimeNames = (): string[] => Object.keys(RUNTIMES);
export const findRuntime = (name: string): Runtime | null => RUNTIMES[name] ?? null;
export const runtimesWithGpu = (): string[] =>
  runtimeNames().filter((name) => findRuntime(name)?.devices.includes("gpu"));
