import type { Key, RegisteredModel } from "#features/admin/model-admin.ts";
import type { Transaction } from "#platform/database.ts";

/** What the declaration of its model knows how to read. */
export type ObjectRow = Record<string, unknown>;

interface Delegate {
  findFirst(query: object): Promise<ObjectRow | null>;
  findMany(query: object): Promise<ObjectRow[]>;
}

/** Prisma's client of a model, by the name that the declaration gives. */
export function rowsOf(tx: Transaction, { model }: RegisteredModel): Delegate {
  const name = model.charAt(0).toLowerCase() + model.slice(1);
  return (tx as unknown as Record<string, Delegate>)[name] as Delegate;
}

/** The row with all that columns and label read. */
export async function findRow(
  tx: Transaction,
  model: RegisteredModel,
  key: Key,
): Promise<ObjectRow | null> {
  const row = await rowsOf(tx, model).findFirst({ where: key, select: model.select });
  if (!row || !model.complete) return row;
  const [whole] = await model.complete(tx, [row]);
  return whole;
}

/** What people call a row where they pick it. */
export const nameOf = (model: RegisteredModel, row: ObjectRow): string =>
  model.pickedBy ? String(row[model.pickedBy]) : model.label(row as never);
