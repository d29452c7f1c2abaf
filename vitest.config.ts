import { defineConfig } from "vitest/config";

const exclude = ["**/node_modules/**", "**/.next/**", "**/.slipway/**"];

/**
 * unit: pure, no services, seconds. integration: real Postgres, local cluster, Prometheus, inference.
 * journeys: the whole product as `npm start` runs it.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["**/*.test.ts"],
          exclude: [...exclude, "**/*.integration.test.ts", "e2e/**", "test/cluster-contract/**"],
        },
      },
      {
        test: {
          name: "integration",
          include: ["**/*.integration.test.ts", "test/cluster-contract/**/*.test.ts"],
          exclude,
          globalSetup: ["test/support/postgres-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "journeys",
          include: ["e2e/journeys/**/*.test.ts"],
          exclude,
          testTimeout: 300_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
