import { columnOf } from "#features/admin/list-columns.ts";
import type { Filter, Key, RegisteredModel } from "#features/admin/model-admin.ts";
import { findNamedRow } from "#features/admin/named-row.queries.ts";
import { keyOf } from "#features/admin/object-keys.ts";
import { type Choice, choiceOf } from "#features/admin/pick.queries.ts";
import { describeModel, valuesOfEnum } from "#features/admin/prisma-models.ts";
import { modelNamed } from "#features/admin/registry.ts";
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
  /** The row it names, where it names one that there is. */
  chosen: Choice | null;
}

type FieldFilter = Extract<Filter, { kind: "field" }>;
type RelationFilter = Extract<Filter, { kind: "relation" | "through" }>;

/** Those this administrator may use: what belongs to a row is told only to those who may view the row. */
export const filtersFor = (model: RegisteredModel, actor: AdminActor): readonly Filter[] =>
  model.filters.filter((filter) => !("to" in filter) || actor.may(filter.to, "view"));

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
      label: filter.words?.[value] ?? value,
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

/** The filters in use. One that names a row there is not leaves none. */
export async function activeFilters(
  deps: { database: Database; clock: () => Date },
  {
    model,
    actor,
    values,
  }: { model: RegisteredModel; actor: AdminActor; values: ReadonlyMap<string, string> },
): Promise<ActiveFilter[]> {
  const used = filtersFor(model, actor).filter(({ name }) => values.has(name));
  return Promise.all(
    used.map(async (filter) => {
      const { name, label } = filter;
      const value = values.get(name) ?? "";
      if (filter.kind === "relation" || filter.kind === "through") {
        const to = modelNamed(filter.to);
        const row = await findNamedRow(deps, to, value);
        if (!row) return { name, label, value, where: Prisma.sql`false`, chosen: null };
        const where = whereRelated(deps, model, filter, keyOf(to, row));
        return { name, label, value: to.label(row), where, chosen: choiceOf(to, row, actor) };
      }
      const choice = choicesOf(deps, model, filter)?.find((each) => each.value === value);
      if (!choice) throw new TypeError(`${model.name}.${name} cannot be ${value}.`);
      return { name, label, value: choice.label, where: choice.where, chosen: null };
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
