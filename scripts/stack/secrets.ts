import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "#k8s/local/whole-file.ts";

/** A value kept in a file of mode 0600 below `home`; generated the first time. */
export function keptSecret(home: string, name: string, bytes: number): { value: string; file: string; isNew: boolean } {
  const file = join(home, name);
  const isNew = !existsSync(file);
  if (isNew) writeWhole(file, `${randomBytes(bytes).toString("base64url")}\n`);
  return { value: readFileSync(file, "utf8").trim(), file, isNew };
}
