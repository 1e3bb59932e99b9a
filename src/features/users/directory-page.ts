import { pageSize } from "#features/users/users.queries.ts";
import { type Cursor, decodeCursor } from "#lib/pagination.ts";

const lastNumberedPage = 100;

/**
 * Where a page of the directory begins. Its own links carry a cursor; people and programs also
 * write `?page=2`, which is counted off from the first.
 * @throws BadRequest
 */
export function directoryPage(page: string | undefined): { after: Cursor | null; skip: number } {
  const number = /^[1-9]\d{0,2}$/.test(page ?? "") ? Number(page) : 0;
  if (number >= 1 && number <= lastNumberedPage) {
    return { after: null, skip: (number - 1) * pageSize };
  }
  return { after: decodeCursor(page), skip: 0 };
}
