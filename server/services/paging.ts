import { z } from "zod";
import { DomainError } from "#domain/shared/errors.ts";

/** A cursor is the sort key of the last item handed out. */
export const encodeCursor = (key: readonly string[]): string => Buffer.from(JSON.stringify(key)).toString("base64url");

/** Throws `invalid` for anything that `encodeCursor` did not write for keys of this form. */
export function decodeCursor<Keys extends z.ZodType<string>[]>(cursor: string, ...keys: Keys): CursorKey<Keys> {
  try {
    const decoded: unknown[] = z
      .array(z.unknown())
      .length(keys.length)
      .parse(JSON.parse(fromBase64(cursor)));
    return keys.map((key, index) => key.parse(decoded[index])) as CursorKey<Keys>;
  } catch (cause) {
    const fields = [{ path: "cursor", message: "this is not a cursor of ours" }];
    throw new DomainError("invalid", "cursor: this is not a cursor of ours", { fields, cause });
  }
}

type CursorKey<Keys extends readonly unknown[]> = { [Index in keyof Keys]: string };
const fromBase64 = (text: string) => Buffer.from(text, "base64url").toString();

/** Key forms: what a query may be given without failing in the database. */
export const anyText = z.string().max(200);
/** `wholeNumber` fits 32 bits, `bigNumber` 64. */
export const wholeNumber = z.string().regex(/^[0-9]{1,9}$/);
export const bigNumber = z.string().regex(/^[0-9]{1,18}$/);
export const rowId = z.uuid();

/** Cuts `limit + 1` fetched rows down to a page. */
export function pageFrom<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => readonly string[]) {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null;
  return { page, nextCursor };
}

/** For LIKE: the person's text and nothing it could mean there. */
export const likeText = (text: string): string => text.replace(/[\\%_]/g, "\\$&");
