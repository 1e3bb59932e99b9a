import { fromList } from "#features/admin/back-to-list.ts";
import { actionsFor } from "#features/admin/chosen-actions.ts";
import { countWords, numberWords, type RowCount } from "#features/admin/count-rows.ts";
import { type ListQuery, longestSearch } from "#features/admin/list.schemas.ts";
import { writeCursor } from "#features/admin/list-cursor.ts";
import type { RowPage } from "#features/admin/list-rows.queries.ts";
import { shownTableOf } from "#features/admin/list-table.view-data.ts";
import type { Column, Filter, RegisteredModel } from "#features/admin/model-admin.ts";
import { modelNamed } from "#features/admin/registry.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { type ActiveFilter, choicesOf, filtersFor } from "#features/admin/row-filters.ts";
import { findsBeginningsOnly } from "#features/admin/row-search.ts";
import { capitalised } from "#lib/text.ts";
import type { Database } from "#platform/database.ts";

interface ListDeps {
  database: Database;
  clock: () => Date;
}

/** A page of a list, with the ways on from it. */
export function listOf(
  deps: ListDeps,
  {
    model,
    actor,
    query,
    filters,
    page,
    count,
  }: {
    model: RegisteredModel;
    actor: AdminActor;
    query: ListQuery;
    filters: readonly ActiveFilter[];
    page: RowPage;
    count: RowCount;
  },
) {
  const href = (changes: Parameters | null) =>
    addressOf(model, { ...parametersOf(model, query), ...changes });
  const { search } = model;
  const { cursor } = query;
  const table = shownTableOf(model, page.rows, actor);
  const { sort } = parametersOf(model, query);
  // Where the answer to an action leads: to the same page of the same list.
  const [, here = ""] = href(cursor && { [cursor.direction]: writeCursor(cursor) }).split("?");
  return {
    heading: capitalised(model.many),
    one: model.one,
    many: model.many,
    purpose: model.purpose,
    action: addressOf(model, {}),
    count: { words: countWords(model, count), isEstimate: count.isEstimate },
    search: search
      ? {
          hint: search.hint,
          value: query.q,
          longest: longestSearch,
          hasShortWord: findsBeginningsOnly(query.q),
        }
      : null,
    sort: sort ?? null,
    filters: filtersFor(model, actor).map((filter) =>
      filterOf(deps, { model, filter, query, filters }),
    ),
    chips: chipsOf(query, filters, href),
    clearHref: addressOf(model, { sort }),
    headings: model.columns.map((column, index) => ({
      ...headingOf(model, column, query, href),
      isNumber: table.rows[0]?.cells[index]?.kind === "number",
      needsRoom: column.needsRoom ?? null,
    })),
    hasTimes: table.rows.some(({ cells }) => cells.some(({ kind }) => kind === "time")),
    ...table,
    rows: table.rows.map((row) => ({ ...row, href: fromList(row.href, here) })),
    previousHref: page.before && href({ before: writeCursor(page.before) }),
    nextHref: page.after && href({ after: writeCursor(page.after) }),
    firstHref: query.cursor ? href({}) : null,
    exportHref: addressOf(model, parametersOf(model, query), "/export.csv"),
    addHref:
      model.form?.add && actor.may(model.name, "add")
        ? fromList(`/admin/${model.name}/new`, here)
        : null,
    actions: actionsFor(model, actor).map(({ name, label }) => ({ name, label })),
    all: page.before || page.after ? allOfList(model, query, count) : null,
    actionsHref: `/admin/${model.name}/actions${here && `?${here}`}`,
  };
}

type Parameters = Readonly<Record<string, string | undefined>>;

const parametersOf = (model: RegisteredModel, { q, filters, order }: ListQuery): Parameters => ({
  q: q || undefined,
  ...Object.fromEntries(filters),
  sort: order.sort === model.defaultSort ? undefined : order.sort,
});

function addressOf(model: RegisteredModel, parameters: Parameters, path = ""): string {
  const set = Object.entries(parameters).filter((each): each is [string, string] => !!each[1]);
  const query = new URLSearchParams(set).toString();
  return `/admin/${model.name}${path}${query && `?${query}`}`;
}

/** What stands beside the box that chooses the rows of every page, and how many these are. */
function allOfList(model: RegisteredModel, query: ListQuery, count: RowCount) {
  const isNarrowed = query.q !== "" || query.filters.size > 0;
  const [number, match] = [numberWords(count), isNarrowed ? " that match" : ""];
  const label = count.isEstimate
    ? `All ${model.many}${match}, ${number}`
    : `All ${number} ${model.many}${match}`;
  return { label, number };
}

function filterOf(
  deps: ListDeps,
  {
    model,
    filter,
    query,
    filters,
  }: {
    model: RegisteredModel;
    filter: Filter;
    query: ListQuery;
    filters: readonly ActiveFilter[];
  },
) {
  const { name, label } = filter;
  const value = query.filters.get(name) ?? "";
  const choices = choicesOf(deps, model, filter);
  if (filter.kind === "relation" || filter.kind === "through") {
    const { pickedBy } = modelNamed(filter.to);
    const hint = pickedBy ? `${pickedBy} or id` : "id";
    const chosen = filters.find((active) => active.name === name)?.chosen ?? null;
    const isTold = chosen && (chosen.label !== value || chosen.picture || chosen.note);
    const pickHref = `/admin/pick/${filter.to}`;
    return { name, label, value, hint, pickHref, chosen: isTold ? chosen : null };
  }
  return { name, label, value, choices };
}

function chipsOf(
  query: ListQuery,
  filters: readonly ActiveFilter[],
  href: (changes: Parameters) => string,
) {
  const search = query.q ? [{ name: "q", label: "Search", value: query.q }] : [];
  return [...search, ...filters].map(({ name, label, value }) => ({
    label,
    value,
    withoutHref: href({ [name]: undefined }),
  }));
}

/** A heading sorts by its column, and the other way where it does already. */
function headingOf(
  model: RegisteredModel,
  { label, sort }: Column<never>,
  { order }: ListQuery,
  href: (changes: Parameters) => string,
) {
  if (sort === undefined) return { label, href: null, sorted: null };
  const isSorted = order.sort === sort || order.sort === `-${sort}`;
  // Words are read from A on; of numbers and times the greatest are asked for first.
  const beginsDescending = !["text", "citext"].includes(model.sorts[sort]?.[0]?.type ?? "");
  const next = (isSorted ? !order.isDescending : beginsDescending) ? `-${sort}` : sort;
  const sorted = order.isDescending ? "descending" : "ascending";
  return {
    label,
    href: href({ sort: next === model.defaultSort ? undefined : next }),
    sorted: isSorted ? sorted : null,
  };
}
