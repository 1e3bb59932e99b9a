import { columnOf } from "#features/admin/list-columns.ts";
import type { Filter, Key, RegisteredModel } from "#features/admin/model-admin.ts";
import { findNamedRow } from "#features/admin/named-row.queries.ts";
import { describeModel, valuesOfEnum } from "#features/admin/prisma-models.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import type { Database } from "#platform/database.ts";
import { Prisma } from "#prisma/generated/client.ts";

export interface FilterChoice {
  value: string;
  label: string;
  where: Prisma.Sql;
}

/** A filter in use: what it says, and which rows it leaves. */
export interface ActiveFilter {
  name: string;
  label: string;
  value: string;
  where: Prisma.Sql;
}

type FieldFilter = Extract<Filter, { kind: "field" }>;
type RelationFilter = Extract<Filter, { kind: "relation" | "through" }>;

/** The values one can choose; null where a row of another model is named. */
export function choicesOf(
  { database, clock }: { database: Database; clock: () => Date },
  model: RegisteredModel,
  filter: Filter,
): readonly FilterChoice[] | null {
  if (filter.kind === "relation" || filter.kind === "through") return null;
  return filter.kind === "choice" ? filter.choices : fieldChoices(database, model, filter, clock());
}

function fieldChoices(
  database: Database,
  model: RegisteredModel,
  filter: FieldFilter,
  now: Date,
): readonly FilterChoice[] {
  const field = describeModel(database, model.model).fields.get(filter.field);
  const column = columnOf(database, model, filter.field);
  if (field?.kind === "enum") {
    return valuesOfEnum(field.type).map((value) => ({
      value,
      label: value.replaceAll("_", " "),
      where: Prisma.sql`${column} = ${value}`,
    }));
  }
  if (field?.type === "Boolean") {
    return [
      { value: "yes", label: "Yes", where: Prisma.sql`${column}` },
      { value: "no", label: "No", where: Prisma.sql`not ${column}` },
    ];
  }
  if (field?.type === "DateTime") return periodsOf(column, now);
  throw new TypeError(`There is no filter by ${model.name}.${filter.field}.`);
}

/** Days and years are those of UTC, as all dates of the site. */
function periodsOf(column: Prisma.Sql, now: Date): readonly FilterChoice[] {
  const day = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  const year = Date.UTC(now.getUTCFullYear(), 0, 1);
  const since = (milliseconds: number) =>
    Prisma.sql`${column} >= ${new Date(milliseconds).toISOString()}::timestamptz`;
  return [
    { value: "today", label: "Today", where: since(day) },
    { value: "7-days", label: "Last 7 days", where: since(day - 6 * 86_400_000) },
    { value: "30-days", label: "Last 30 days", where: since(day - 29 * 86_400_000) },
    { value: "this-year", label: "This year", where: since(year) },
    {
      value: "before-this-year",
      label: "Before this year",
      where: Prisma.sql`${column} < ${new Date(year).toISOString()}::timestamptz`,
    },
  ];
}

/**
 * The filters in use. One that names a row there is not leaves none; what a number is called is for
 * those who may view the row.
 */
export async function activeFilters(
  deps: { database: Database; clock: () => Date },
  {
    model,
    actor,
    values,
  }: { model: RegisteredModel; actor: AdminActor; values: ReadonlyMap<string, string> },
): Promise<ActiveFilter[]> {
  const used = model.filters.filter(({ name }) => values.has(name));
  return Promise.all(
    used.map(async (filter) => {
      const { name, label } = filter;
      const value = values.get(name) ?? "";
      if (filter.kind === "relation" || filter.kind === "through") {
        const row = await findNamedRow(deps, filter.to, value);
        const where = row ? whereRelated(deps, model, filter, row.key) : Prisma.sql`false`;
        const called = actor.may(filter.to, "view") ? row?.label : undefined;
        return { name, label, value: called ?? value, where };
      }
      const choice = choicesOf(deps, model, filter)?.find((each) => each.value === value);
      if (!choice) throw new TypeError(`${model.name}.${name} cannot be ${value}.`);
      return { name, label, value: choice.label, where: choice.where };
    }),
  );
}

function whereRelated(
  { database }: { database: Database },
  model: RegisteredModel,
  filter: RelationFilter,
  key: Key,
): Prisma.Sql {
  const [id = 0] = Object.values(key);
  return filter.kind === "through"
    ? filter.where(Number(id))
    : Prisma.sql`${columnOf(database, model, filter.field)} = ${id}`;
}
