import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { terminationMessage } from "./termination-message.ts";

const POLICY = "FallbackToLogsOnError";

function folderWith(log: string | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), "slipway-last-words-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  if (log !== undefined) writeFileSync(join(folder, "log"), log);
  return folder;
}

it("A failed run's message is the end of its log, no longer than a kubelet lets it be", () => {
  expect(terminationMessage(folderWith("no such model\n"), POLICY, 1)).toEqual({ message: "no such model\n" });
  const long = `${"a".repeat(5_000)}the last words`;
  expect(terminationMessage(folderWith(long), POLICY, 137)).toEqual({ message: long.slice(-2_048) });
});

it("A run that went well, asked for no message, or left no words has none", () => {
  const folder = folderWith("words\n");
  expect(terminationMessage(folder, POLICY, 0)).toEqual({});
  expect(terminationMessage(folder, "File", 1)).toEqual({});
  expect(terminationMessage(folder, undefined, 1)).toEqual({});
  expect(terminationMessage(folderWith(""), POLICY, 1)).toEqual({});
  expect(terminationMessage(folderWith(undefined), POLICY, 1)).toEqual({});
});
