import { z } from "zod";
import { DomainError } from "#domain/shared/errors.ts";

/** A cursor is the sort key of the last item handed out. */
export const encodeCursor = (key: readonly string[]): string =>
  Buffer.from(JSON.stringify(key)).toString("base64url");

/** Throws `invalid` for anything that `encodeCursor` did not write. */
export function decodeCursor<Keys extends number>(cursor: string, keys: Keys): string[] {
  try {
    return z.array(z.string()).length(keys).parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
  } catch (cause) {
    const fields = [{ path: "cursor", message: "this is not a cursor of ours" }];
    throw new DomainError("invalid", "cursor: this is not a cursor of ours", { fields, cause });
  }
}

/** Cuts `limit + 1` fetched rows down to a page. */
export function pageFrom<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => readonly string[]) {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null;
  return { page, nextCursor };
}

/** For LIKE: the person's text and nothing it could mean there. */
export const likeText = (text: string): string => text.replace(/[\\%_]/g, "\\$&");
