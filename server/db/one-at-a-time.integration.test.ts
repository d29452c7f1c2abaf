import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { freshDatabase } from "#test/support/postgres.ts";
import { openDatabase } from "./client.ts";

it("Relations read in one transaction reach its connection in turn, also after a statement that failed", async () => {
  const warnings: string[] = [];
  const note = (warning: Error) => void warnings.push(warning.message);
  process.on("warning", note);
  onTestFinished(() => void process.off("warning", note));
  const { url, drop } = await freshDatabase();
  const db = openDatabase(url);
  onTestFinished(async () => {
    await db.close();
    await drop();
  });
  await db.read.model.create({ data: { name: "iris", createdBy: "a test" } });
  const related = { versions: true, aliases: true, aliasHistory: true } as const;
  await expect(db.inTransaction((tx) => tx.$queryRaw`SELECT 1/0`)).rejects.toThrow("division by zero");
  const found = await db.inTransaction((tx) => tx.model.findFirst({ include: related }));
  expect(found).toMatchObject({ name: "iris", versions: [], aliases: [], aliasHistory: [] });
  await nextTurn();
  expect(warnings.filter((message) => message.includes("already executing"))).toEqual([]);
});
