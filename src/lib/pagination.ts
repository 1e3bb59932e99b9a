import { BadRequest } from "#lib/errors.ts";

/** Where a list ordered by newest first goes on: strictly after this row. */
export interface Cursor {
  createdAt: Date;
  id: number;
}

/** Rows asked for are one more than shown, so that no COUNT is needed to know whether more follow. */
export interface Page<Row> {
  rows: Row[];
  nextCursor: string | null;
}

const pattern = /^(\d{1,15})-(\d{1,16})$/;

export const encodeCursor = ({ createdAt, id }: Cursor): string => `${createdAt.getTime()}-${id}`;

/**
 * @param largestId of the column the cursor is compared with
 * @throws BadRequest for anything encodeCursor did not write
 */
export function decodeCursor(text: string | undefined, largestId = maxId): Cursor | null {
  if (text === undefined || text === "") return null;
  const [, milliseconds, id] = pattern.exec(text) ?? [];
  if (id === undefined || Number(id) > largestId) throw new BadRequest();
  return { createdAt: new Date(Number(milliseconds)), id: Number(id) };
}

export function toPage<Row extends Cursor>(rows: Row[], size: number): Page<Row> {
  const shown = rows.slice(0, size);
  const last = shown.at(-1);
  return { rows: shown, nextCursor: rows.length > size && last ? encodeCursor(last) : null };
}

/** The largest value of PostgreSQL's `integer`, which ids are. */
export const maxId = 2_147_483_647;

/** Where a list begins: every row comes after it. */
export const beforeFirst: Cursor = { createdAt: new Date("9999-01-01"), id: maxId };

/** The id written in `text`, or null when no row could have it. */
export function parseId(text: string | undefined): number | null {
  if (text === undefined || !/^[1-9]\d{0,9}$/.test(text)) return null;
  const id = Number(text);
  return id <= maxId ? id : null;
}
