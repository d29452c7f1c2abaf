import { fileURLToPath } from "node:url";
import { defineConfig } from "prisma/config";

// Prisma's native schema engine is a download of its own; this one is the same engine as WebAssembly, from npm.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= fileURLToPath(new URL("scripts/prisma-schema-engine.mjs", import.meta.url));

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  datasource: {
    url: process.env.DATABASE_URL ?? "postgresql://unused@127.0.0.1:1/unused",
    // Emptied by every `migrate diff`: only ever the throwaway one of scripts/make-migration.ts.
    ...(process.env.SHADOW_DATABASE_URL === undefined ? {} : { shadowDatabaseUrl: process.env.SHADOW_DATABASE_URL }),
  },
});
