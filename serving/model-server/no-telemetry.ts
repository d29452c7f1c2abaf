// onnxruntime's Linux packages (since 1.29) report models and runs to their maker, and leave an identifier in the home
// folder, unless this stands in the environment before the library is loaded. A thread's process.env is only a copy,
// so whoever starts threads imports this too.
process.env.ORT_DISABLE_TELEMETRY = "1";
