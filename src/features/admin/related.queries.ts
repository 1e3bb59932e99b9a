import { countRows, rounded } from "#features/admin/count-rows.ts";
import { parseListQuery } from "#features/admin/list.schemas.ts";
import { allOf } from "#features/admin/list-columns.ts";
import type { Key, RegisteredModel } from "#features/admin/model-admin.ts";
import type { ObjectRow } from "#features/admin/object-rows.ts";
import { modelNamed } from "#features/admin/registry.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { activeFilters } from "#features/admin/row-filters.ts";
import type { Database } from "#platform/database.ts";

export interface RelatedLink {
  label: string;
  href: string;
  /** How much is in a list; null for a row. */
  count: string | null;
}

/** What belongs to a row, with how much there is, and what it belongs to, as far as they may see these. */
export async function listRelated(
  deps: { database: Database; clock: () => Date },
  request: { actor: AdminActor; model: RegisteredModel; key: Key; row: ObjectRow },
): Promise<RelatedLink[]> {
  const { actor, model, key, row } = request;
  const links = (model.related?.(key, row) ?? []).map(({ label, href }) => {
    const [path = "", query] = href.split("?");
    const [name, objectId] = path.split("/").slice(2);
    const isRow = objectId !== undefined;
    const to = modelNamed(name);
    return { label, href, to, isRow, query: Object.fromEntries(new URLSearchParams(query)) };
  });
  return Promise.all(
    links
      .filter(({ to }) => actor.may(to.name, "view"))
      .map(async ({ label, href, to, isRow, query }) => {
        if (isRow) return { label, href, count: null };
        const values = parseListQuery(deps, { model: to, actor }, query).filters;
        const filters = await activeFilters(deps, { model: to, actor, values });
        const where = filters.map((filter) => filter.where);
        const { count, isEstimate } = await countRows(deps, { model: to, where: allOf(where) });
        const words = (isEstimate ? rounded(count) : count).toLocaleString("en-GB");
        return { label, href, count: isEstimate ? `about ${words}` : words };
      }),
  );
}
