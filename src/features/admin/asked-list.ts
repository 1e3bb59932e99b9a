import { type ListQuery, parseListQuery } from "#features/admin/list.schemas.ts";
import { allOf } from "#features/admin/list-columns.ts";
import type { RowScope } from "#features/admin/list-rows.queries.ts";
import type { RegisteredModel } from "#features/admin/model-admin.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { type ActiveFilter, activeFilters } from "#features/admin/row-filters.ts";
import { whereFound } from "#features/admin/row-search.ts";
import type { Database } from "#platform/database.ts";

export interface AskedList {
  scope: RowScope;
  query: ListQuery;
  filters: ActiveFilter[];
}

/** The list that the query of an address asks for. @throws BadRequest for what no link to a list has */
export async function askedList(
  deps: { database: Database; clock: () => Date },
  { model, actor }: { model: RegisteredModel; actor: AdminActor },
  parameters: Record<string, unknown>,
): Promise<AskedList> {
  const query = parseListQuery(deps, { model, actor }, parameters);
  const filters = await activeFilters(deps, { model, actor, values: query.filters });
  const found = await whereFound(deps, model, query.q);
  const where = allOf([...filters.map((filter) => filter.where), ...found]);
  return { scope: { model, where, order: query.order }, query, filters };
}
