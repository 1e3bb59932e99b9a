import { z } from "zod";
import { type RowCursor, readCursor } from "#features/admin/list-cursor.ts";
import type { RegisteredModel, SortKey } from "#features/admin/model-admin.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { choicesOf, filtersFor } from "#features/admin/row-filters.ts";
import { BadRequest } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";

/** What an address asks of a list. */
export interface ListQuery {
  /** What is looked for, "" for all. */
  q: string;
  order: Order;
  /** The values of the filters in use. */
  filters: ReadonlyMap<string, string>;
  cursor: (RowCursor & { direction: Direction }) | null;
}

export interface Order {
  /** As in addresses: `-saved` is descending. */
  sort: string;
  keys: readonly SortKey[];
  isDescending: boolean;
}

export type Direction = "after" | "before";

export const longestSearch = 200;

/** @throws BadRequest for a parameter or value that no link and no form of the list has */
export function parseListQuery(
  deps: { database: Database; clock: () => Date },
  { model, actor }: { model: RegisteredModel; actor: AdminActor },
  parameters: Record<string, unknown>,
): ListQuery {
  // A form sends all its fields, those left empty too.
  const given = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ""));
  const result = schemaOf(deps, model, actor).safeParse(given);
  if (!result.success) throw new BadRequest(undefined, { cause: result.error });
  const { q = "", sort = model.defaultSort, after, before, ...filters } = result.data;
  const order = orderOf(model, sort);
  return {
    q: q.trim(),
    order,
    filters: new Map(Object.entries(filters)),
    cursor: cursorOf(order, { after, before }),
  };
}

function schemaOf(
  deps: { database: Database; clock: () => Date },
  model: RegisteredModel,
  actor: AdminActor,
) {
  const filters = filtersFor(model, actor).map((filter) => {
    const choices = choicesOf(deps, model, filter);
    const schema = choices ? z.enum(choices.map(({ value }) => value)) : z.string().max(200);
    return [filter.name, schema.optional()] as const;
  });
  const sorts = Object.keys(model.sorts).flatMap((name) => [name, `-${name}`]);
  return z.strictObject({
    ...Object.fromEntries(filters),
    ...(model.search ? { q: z.string().max(longestSearch).optional() } : {}),
    sort: z.enum(sorts).optional(),
    after: z.string().optional(),
    before: z.string().optional(),
  }) as unknown as z.ZodType<Record<string, string>>;
}

function orderOf(model: RegisteredModel, sort: string): Order {
  const isDescending = sort.startsWith("-");
  return { sort, isDescending, keys: model.sorts[isDescending ? sort.slice(1) : sort] ?? [] };
}

function cursorOf(
  { sort, keys }: Order,
  { after, before }: { after: string | undefined; before: string | undefined },
): ListQuery["cursor"] {
  const text = after ?? before;
  if (text === undefined) return null;
  const cursor = readCursor(text, { sort, keys });
  if (!cursor || (after !== undefined && before !== undefined)) throw new BadRequest();
  return { ...cursor, direction: after === undefined ? "before" : "after" };
}
