import type { Key, RegisteredModel } from "#features/admin/model-admin.ts";
import { parseKey } from "#features/admin/object-keys.ts";
import { type ObjectRow, rowsOf } from "#features/admin/object-rows.ts";
import { NotFound } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";

/** The row that somebody named in a filter, by its key or, where its model has one, its name. */
export async function findNamedRow(
  { database }: { database: Database },
  model: RegisteredModel,
  text: string,
): Promise<ObjectRow | null> {
  const key = keyIn(database, model, text);
  const find = async (where: object | null) =>
    where && rowsOf(database, model).findFirst({ where, select: model.select });
  // Somebody's name may be another's number; whoever follows a link means the number.
  return (await find(key)) ?? (await find(model.pickedBy ? { [model.pickedBy]: text } : null));
}

/** The key that a text is, if it is one. */
export function keyIn(database: Database, model: RegisteredModel, text: string): Key | null {
  try {
    return parseKey(database, model, text);
  } catch (error) {
    if (error instanceof NotFound) return null;
    throw error;
  }
}
