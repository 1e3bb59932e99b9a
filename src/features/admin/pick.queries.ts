import { cellFor } from "#features/admin/cells.ts";
import { columnOf, tableOf } from "#features/admin/list-columns.ts";
import type { Key, RegisteredModel } from "#features/admin/model-admin.ts";
import { keyIn } from "#features/admin/named-row.queries.ts";
import { keyOf, keyText } from "#features/admin/object-keys.ts";
import { nameOf, type ObjectRow, rowsOf } from "#features/admin/object-rows.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { whereFound } from "#features/admin/row-search.ts";
import type { Database } from "#platform/database.ts";
import { Prisma } from "#prisma/generated/client.ts";

/** One row to choose: `value` is what its field takes. */
export interface Choice {
  value: string;
  label: string;
  picture: string | null;
  /** What sets it apart: "deactivated". */
  note: string | null;
}

const mostChoices = 10;
/** Of all that is found, these are compared. */
const mostFound = 50;
/** Where no index helps to find so little, only these are looked through. */
const newest = Prisma.sql`5000`;
const isIndexed = /[\p{L}\p{N}]{3}/u;

/** At most ten rows that hold every word, those named so or beginning so first. */
export async function listChoices(
  { database }: { database: Database },
  { model, actor, sought }: { model: RegisteredModel; actor: AdminActor; sought: string },
): Promise<Choice[]> {
  const text = sought.trim().slice(0, 200).toWellFormed();
  const found = await findMatches(database, model, text);
  const key = keyIn(database, model, text);
  const named = [
    ...(model.pickedBy && text ? [{ [model.pickedBy]: text }] : []),
    ...(key ? [key] : []),
  ];
  const rows = await rowsOf(database, model).findMany({
    where: { OR: [...found, ...named] },
    select: model.select,
  });
  const rank = rankOf(text.toLowerCase());
  return rows
    .map((row) => choiceOf(model, row, actor))
    .sort((one, other) => rank(one) - rank(other) || compare(one.label, other.label))
    .slice(0, mostChoices);
}

const { compare } = new Intl.Collator("en");

const rankOf =
  (text: string) =>
  ({ value, label }: Choice) => {
    if ([value, label].some((name) => name.toLowerCase() === text)) return 0;
    return label.toLowerCase().startsWith(text) ? 1 : 2;
  };

async function findMatches(
  database: Database,
  model: RegisteredModel,
  text: string,
): Promise<Key[]> {
  const where = await whereFound({ database }, model, text);
  const keys = model.key.map((field) => columnOf(database, model, field));
  const columns = keys.map(
    (key, index) => Prisma.sql`${key} as ${Prisma.raw(`"${model.key[index]}"`)}`,
  );
  const order = Prisma.join(keys.map((key) => Prisma.sql`${key} desc`));
  const table = tableOf(database, model);
  return database.$queryRaw<Key[]>`
    select ${Prisma.join(columns)}
    from ${isIndexed.test(text) ? table : Prisma.sql`(select * from ${table} order by ${order} limit ${newest}) t`}
    where ${where.length > 0 ? Prisma.join(where, " and ") : Prisma.sql`true`}
    limit ${Prisma.raw(String(mostFound))}`;
}

/** What a field shows for a row: what somebody would type, and what it is called. */
export const choiceOf = (model: RegisteredModel, row: ObjectRow, actor: AdminActor): Choice => ({
  value: model.pickedBy ? nameOf(model, row) : keyText(model, keyOf(model, row)),
  label: model.label(row as never),
  picture: pictureIn(model, row, actor),
  note: model.noteWherePicked?.(row) ?? model.note?.(row, actor) ?? null,
});

function pictureIn(model: RegisteredModel, row: ObjectRow, actor: AdminActor): string | null {
  for (const { cell } of model.columns) {
    const shown = cellFor(actor, cell(row as never));
    if (shown.kind === "picture") return shown.src;
  }
  return null;
}

/** The row that somebody typed the name of, or its key where rows have no name; null when there is none. */
export async function findTyped(
  { database }: { database: Database },
  model: RegisteredModel,
  typed: string,
): Promise<ObjectRow | null> {
  const text = typed.trim();
  const where = model.pickedBy ? { [model.pickedBy]: text } : keyIn(database, model, text);
  return where && rowsOf(database, model).findFirst({ where, select: model.select });
}
