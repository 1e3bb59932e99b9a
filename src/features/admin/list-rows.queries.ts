import type { Direction, Order } from "#features/admin/list.schemas.ts";
import { columnOf, tableOf } from "#features/admin/list-columns.ts";
import type { RowCursor } from "#features/admin/list-cursor.ts";
import type { Key, RegisteredModel, SortKey } from "#features/admin/model-admin.ts";
import { keyOf, keyText } from "#features/admin/object-keys.ts";
import { type ObjectRow, rowsOf } from "#features/admin/object-rows.ts";
import type { Database } from "#platform/database.ts";
import { Prisma } from "#prisma/generated/client.ts";

/** Which rows, in which order. */
export interface RowScope {
  model: RegisteredModel;
  where: Prisma.Sql;
  order: Order;
}

export interface RowPage {
  rows: ObjectRow[];
  /** Cursors of the pages beside this one; null where there is none. */
  before: RowCursor | null;
  after: RowCursor | null;
}

export const pageSize = 50;

/** The rows beside a cursor, or the first ones: their keys by an index, then what the columns read. */
export async function listRows(
  { database }: { database: Database },
  scope: RowScope,
  {
    cursor,
    size = pageSize,
  }: { cursor: (RowCursor & { direction: Direction }) | null; size?: number },
): Promise<RowPage> {
  const isBackwards = cursor?.direction === "before";
  const found = await findKeys(database, scope, { cursor, isBackwards, limit: size + 1 });
  const hasMore = found.length > size;
  const shown = found.slice(0, size);
  if (isBackwards) shown.reverse();
  const cursorTo = (row: FoundRow | undefined) =>
    row ? { sort: scope.order.sort, values: valuesOf(row, scope.order) } : null;
  const keys = shown.map((row) => keyOf(scope.model, row));
  return {
    rows: await readRows(database, scope.model, keys),
    before: (isBackwards ? hasMore : cursor) ? cursorTo(shown[0]) : null,
    after: isBackwards || hasMore ? cursorTo(shown.at(-1)) : null,
  };
}

/** Its key by field, and what it is sorted by as text. */
type FoundRow = Record<string, number | bigint | string>;

async function findKeys(
  database: Database,
  { model, where, order }: RowScope,
  { cursor, isBackwards, limit }: { cursor: RowCursor | null; isBackwards: boolean; limit: number },
): Promise<FoundRow[]> {
  const { keys } = order;
  const isDescending = order.isDescending !== isBackwards;
  const direction = Prisma.raw(isDescending ? "desc" : "asc");
  const columns = [
    ...model.key.map(
      (field) => Prisma.sql`${columnOf(database, model, field)} as ${Prisma.raw(`"${field}"`)}`,
    ),
    ...keys.map(({ sql }, index) => Prisma.sql`(${sql})::text as ${Prisma.raw(`"sort ${index}"`)}`),
  ];
  const beyond = cursor
    ? Prisma.sql`and (${Prisma.join(keys.map(({ sql }) => sql))}) ${Prisma.raw(isDescending ? "<" : ">")}
        (${Prisma.join(keys.map(({ type }, index) => Prisma.sql`${cursor.values[index]}::${Prisma.raw(type)}`))})`
    : Prisma.empty;
  return database.$queryRaw<FoundRow[]>`
    select ${Prisma.join(columns)} from ${tableOf(database, model)} ${joinsOf(keys)}
    where ${where} ${beyond}
    order by ${Prisma.join(keys.map(({ sql }) => Prisma.sql`${sql} ${direction}`))}
    limit ${limit}`;
}

const joinsOf = (keys: readonly SortKey[]): Prisma.Sql =>
  Prisma.join([Prisma.empty, ...keys.flatMap(({ join }) => (join ? [join] : []))], " ");

const valuesOf = (row: FoundRow, { keys }: Order): string[] =>
  keys.map((_, index) => String(row[`sort ${index}`]));

/** In the order of their keys, short of those that went meanwhile. */
export async function readRows(
  database: Database,
  model: RegisteredModel,
  keys: readonly Key[],
): Promise<ObjectRow[]> {
  if (keys.length === 0) return [];
  const rows = await rowsOf(database, model).findMany({
    where: whereKeys(model, keys),
    select: model.select,
  });
  const whole = (await model.complete?.(database, rows)) ?? rows;
  const byKey = new Map(whole.map((row: ObjectRow) => [keyText(model, keyOf(model, row)), row]));
  return keys.map((key) => byKey.get(keyText(model, key))).filter((row) => row !== undefined);
}

const whereKeys = (model: RegisteredModel, keys: readonly Key[]): object => {
  const [field = ""] = model.key;
  return model.key.length === 1 ? { [field]: { in: keys.map((key) => key[field]) } } : { OR: keys };
};
