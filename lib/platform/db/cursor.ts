import { z } from "zod";
import { AppError } from "@/lib/platform/errors";

/** The last row of a page of a list: its sort time, and its id for rows with the same time. */
export interface Cursor {
  at: Date;
  id: string;
}

/** PostgreSQL knows no year 0. */
const timeSchema = z.iso.datetime().regex(/^[1-9]/);
const cursorSchema = z.strictObject({ at: timeSchema, id: z.uuid() });

/** A cursor as an opaque text for URLs. */
export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify({ at: cursor.at.toISOString(), id: cursor.id })).toString("base64url");
}

/** The cursor that `encodeCursor` made a text of. Throws BAD_INPUT for any other text. */
export function decodeCursor(text: string): Cursor {
  try {
    const { at, id } = cursorSchema.parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
    return { at: new Date(at), id };
  } catch {
    throw new AppError("BAD_INPUT", "not a cursor", {
      userMessage: "The cursor is not one of this list. Nothing was changed.",
    });
  }
}

/**
 * A filter for the rows that follow a cursor in a list that is newest first. The first condition says nothing new. It
 * lets PostgreSQL begin in the middle of an index: by the second one alone it would read every newer row.
 */
export function olderThan(cursor: Cursor): {
  createdAt: { lte: Date };
  OR: [{ createdAt: { lt: Date } }, { createdAt: Date; id: { lt: string } }];
} {
  return {
    createdAt: { lte: cursor.at },
    OR: [{ createdAt: { lt: cursor.at } }, { createdAt: cursor.at, id: { lt: cursor.id } }],
  };
}

/** Splits a list that was fetched with one row more than a page has into the page and the cursor of the next one. */
export function cutPage<Row extends { id: string; createdAt: Date }>(
  rows: Row[],
  size: number,
): { rows: Row[]; next: string | null } {
  const page = rows.slice(0, size);
  const last = page.at(-1);
  return { rows: page, next: rows.length > size && last ? encodeCursor({ at: last.createdAt, id: last.id }) : null };
}

/** Smaller than every id: where a list that is read in parts begins. */
export const BEFORE_ALL_IDS = "00000000-0000-0000-0000-000000000000";
