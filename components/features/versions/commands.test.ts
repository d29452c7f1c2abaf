import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { apiCommand, quoted, snippets } from "./commands.ts";

test.each(["plain", "it's", '$(touch /tmp/never) `id` "x" \\', "two\nlines"])(
  "a shell reads %j back as it was",
  (text) => {
    expect(execFileSync("sh", ["-c", `printf %s ${quoted(text)}`]).toString()).toBe(text);
  },
);

test("the command holds the whole body", () => {
  const command = apiCommand("http://127.0.0.1:3000", "POST", "/endpoints", { name: "it's" });
  expect(command).toContain("'http://127.0.0.1:3000/api/v1/endpoints'");
  expect(command).toContain(`'{"name":"it'\\''s"}'`);
});

test("every language asks the endpoint's own address, and a large input comes from a file", () => {
  const large = { inputs: [{ data: new Array(5_000).fill(1) }] };
  for (const { code } of snippets("http://gw/scores", "scores", large)) {
    expect(code).toContain("http://gw/scores/v2/models/scores/infer");
    expect(code).toContain("input.json");
    expect(code.length).toBeLessThan(700);
  }
});
