import fc from "fast-check";
import { expect, test } from "vitest";
import { sameSitePath } from "./same-site-path.ts";

test("a path of this site stays as it is", () => {
  for (const path of ["/", "/models", "/endpoints/production/credit-score?range=1h#changes", "/models/team%2Ffraud"])
    expect(sameSitePath(path)).toBe(path);
});

test.each([
  null,
  "",
  "models",
  "//evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "\t//evil.example",
  "/\n/evil.example",
  "/..//evil.example",
  "/./\\evil.example",
  "https://evil.example/models",
  "javascript:alert(1)",
  "data:text/html,hello",
  "/api/v1/models",
  "/sign-in?next=/sign-in",
  `/${"a".repeat(3_000)}`,
])("%j leads home", (given) => {
  expect(sameSitePath(given)).toBe("/");
});

test("whatever is given, a browser that follows the answer stays on the site", () => {
  const parts = fc.constantFrom(
    "/",
    "\\",
    "\t",
    "\n",
    ".",
    "..",
    "@",
    ":",
    "evil.example",
    "http",
    "?",
    "#",
    "%2f",
    "a",
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 8 }), (pieces) => {
      const path = sameSitePath(pieces.join(""));
      expect(new URL(path, "https://slipway.example").origin).toBe("https://slipway.example");
      expect(sameSitePath(path)).toBe(path);
    }),
    { numRuns: 5_000 },
  );
});
