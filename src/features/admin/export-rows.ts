import type { ListQuery } from "#features/admin/list.schemas.ts";
import type { RowCursor } from "#features/admin/list-cursor.ts";
import { listRows, type RowScope } from "#features/admin/list-rows.queries.ts";
import type { Cell, RegisteredModel } from "#features/admin/model-admin.ts";
import { keyOf, keyText } from "#features/admin/object-keys.ts";
import type { Database } from "#platform/database.ts";

/** Read at a time: what an export holds of a list, however long it is. */
const batchSize = 500;

/** The lines of an export, the names of its columns first; read as they are taken. */
export async function* exportRows(
  deps: { database: Database },
  scope: RowScope,
): AsyncGenerator<string[]> {
  const { model } = scope;
  yield ["Key", ...textColumns(model).map(({ label }) => label)];
  let cursor: RowCursor | null = null;
  do {
    const from: ListQuery["cursor"] = cursor && { ...cursor, direction: "after" };
    const page = await listRows(deps, scope, { cursor: from, size: batchSize });
    for (const row of page.rows) {
      yield [
        keyText(model, keyOf(model, row)),
        ...textColumns(model).map(({ cell, whole }) =>
          withoutFormulas(whole ? String(whole(row)) : textOf(cell(row))),
        ),
      ];
    }
    cursor = page.after;
  } while (cursor);
}

/** Columns that are only looked at have no name. */
export const textColumns = (model: RegisteredModel) =>
  model.columns.filter(({ label }) => label !== "");

/**
 * Where a semicolon or a tab parts cells, or a line break is taken for the end of a row, what follows is
 * a cell of its own, and a formula by how it begins.
 */
const withoutFormulas = (text: string): string =>
  text.replace(/(?<=[;\t\r\n][\s"]*)[=+\-@\uff1d\uff0b\uff0d\uff20]/g, "'$&");

/** A cell as plain text. */
export function textOf(cell: Cell): string {
  switch (cell.kind) {
    case "text":
    case "link":
      return cell.text;
    case "number":
      return String(cell.number);
    case "size":
      return String(cell.bytes);
    case "yes":
      return cell.yes ? "yes" : "no";
    case "time":
      return cell.time?.toISOString() ?? "";
    case "picture":
      return cell.src;
  }
}
