import type { ChosenRow } from "#features/admin/chosen-actions.ts";
import { countRows, type RowCount } from "#features/admin/count-rows.ts";
import { writeCursor } from "#features/admin/list-cursor.ts";
import { listRows, type RowScope, readRows } from "#features/admin/list-rows.queries.ts";
import type { Key, RegisteredModel } from "#features/admin/model-admin.ts";
import { keyOf } from "#features/admin/object-keys.ts";
import type { ObjectRow } from "#features/admin/object-rows.ts";
import type { Database } from "#platform/database.ts";

/** As many as somebody looks over before a yes; a run through them ends in time by itself. */
export const mostChosen = 500;

export interface ChosenRows {
  rows: readonly ChosenRow[];
  /** Where there are more: how many in all, and the cursor after these. */
  of: RowCount | null;
  place: string | null;
}

/** In this order, short of those that went meanwhile. */
export async function readChosen(
  database: Database,
  model: RegisteredModel,
  keys: readonly Key[],
): Promise<ChosenRow[]> {
  const rows = await readRows(database, model, keys);
  return rows.map((row) => chosenRow(model, row));
}

/** All of a list from its beginning, or after a row of it, as far as may be chosen at once. */
export async function chooseAll(
  deps: { database: Database },
  scope: RowScope,
  cursor: Parameters<typeof listRows>[2]["cursor"] = null,
): Promise<ChosenRows> {
  const { rows, after } = await listRows(deps, scope, { cursor, size: mostChosen });
  return {
    rows: rows.map((row) => chosenRow(scope.model, row)),
    of: after && (await countRows(deps, scope)),
    place: after && writeCursor(after),
  };
}

const chosenRow = (model: RegisteredModel, row: ObjectRow): ChosenRow => ({
  key: keyOf(model, row),
  label: model.label(row as never),
});
