import tseslint from "typescript-eslint";

const TESTS = ["**/*.test.ts", "**/*.test.tsx", "test/**", "e2e/**"];

// What Biome cannot see: rules that need types, and sizes.
export default tseslint.config(
  {
    ignores: [
      "**/node_modules/**",
      ".next/**",
      ".slipway*/**",
      "**/generated/**",
      "next-env.d.ts",
      "**/*.{js,cjs,mjs}",
    ],
  },
  {
    files: ["**/*.ts", "**/*.tsx"],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { "@typescript-eslint": tseslint.plugin },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "max-lines": ["error", { max: 300 }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // The browser's files belong to the project that Next checks, which is not the one of the folder above them.
    files: ["components/**"],
    languageOptions: { parserOptions: { projectService: false, project: ["app/tsconfig.json"] } },
  },
  {
    files: ["**/*.tsx"],
    rules: { "max-lines-per-function": ["error", { max: 150, skipBlankLines: true, skipComments: true }] },
  },
  { files: TESTS, rules: { "max-lines": "off", "max-lines-per-function": "off" } },
);
