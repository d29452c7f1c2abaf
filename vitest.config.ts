import { defineConfig } from "vitest/config";

// onnxruntime reports to its maker unless told not to; pod programs say so themselves, tests that load it in process here.
process.env.ORT_DISABLE_TELEMETRY = "1";

// Only what never becomes so waits that long: a busy machine must fail no test.
const expect = { poll: { timeout: 20_000 } };

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
          expect,
          include: ["**/*.test.ts"],
          exclude: [...exclude, "**/*.integration.test.ts", "e2e/**", "test/cluster-contract/**"],
        },
      },
      {
        test: {
          name: "integration",
          expect,
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
          expect,
          include: ["e2e/journeys/**/*.test.ts"],
          exclude,
          testTimeout: 300_000,
          hookTimeout: 180_000,
          // Each with a product of its own, about eight processes that mostly wait.
          maxWorkers: 2,
        },
      },
    ],
  },
});
