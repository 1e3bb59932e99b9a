import { countRows } from "#features/admin/count-rows.ts";
import { parseListQuery } from "#features/admin/list.schemas.ts";
import { allOf } from "#features/admin/list-columns.ts";
import type { Key, RegisteredModel } from "#features/admin/model-admin.ts";
import { modelNamed } from "#features/admin/registry.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { activeFilters } from "#features/admin/row-filters.ts";
import type { Database } from "#platform/database.ts";

export interface RelatedList {
  label: string;
  href: string;
  count: string;
}

/** The lists of what belongs to a row, as far as this administrator may see them, with how much there is. */
export async function listRelated(
  deps: { database: Database; clock: () => Date },
  { actor, model, key }: { actor: AdminActor; model: RegisteredModel; key: Key },
): Promise<RelatedList[]> {
  const links = (model.related?.(key) ?? []).map(({ label, href }) => {
    const [path = "", query] = href.split("?");
    const to = modelNamed(path.split("/").at(-1));
    return { label, href, to, query: Object.fromEntries(new URLSearchParams(query)) };
  });
  return Promise.all(
    links
      .filter(({ to }) => actor.may(to.name, "view"))
      .map(async ({ label, href, to, query }) => {
        const { filters } = parseListQuery(deps, to, query);
        const where = (await activeFilters(deps, to, filters)).map((filter) => filter.where);
        const { count, isEstimate } = await countRows(deps, { model: to, where: allOf(where) });
        return { label, href, count: `${count.toLocaleString("en-GB")}${isEstimate ? "+" : ""}` };
      }),
  );
}
