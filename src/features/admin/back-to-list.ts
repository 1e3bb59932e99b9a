import { parseListQuery } from "#features/admin/list.schemas.ts";
import type { RegisteredModel } from "#features/admin/model-admin.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { BadRequest } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";

// What was looked for in a list goes along to its rows' pages, and leads back to the same place in it.

/** The address of a row's page, with the query of the list somebody comes from. */
export const fromList = (href: string, listQuery: string): string =>
  listQuery === "" ? href : `${href}?${new URLSearchParams({ list: listQuery })}`;

export const listHref = ({ name }: RegisteredModel, listQuery: string): string =>
  `/admin/${name}${listQuery && `?${listQuery}`}`;

/** The query that `fromList` put into an address; empty for all that no list of this model has. */
export function readListQuery(
  deps: { database: Database; clock: () => Date },
  asked: { model: RegisteredModel; actor: AdminActor },
  text = "",
): string {
  const given = Object.fromEntries(
    [...new URLSearchParams(text)].filter(([, value]) => value !== ""),
  );
  try {
    parseListQuery(deps, asked, given);
  } catch (error) {
    if (error instanceof BadRequest) return "";
    throw error;
  }
  return new URLSearchParams(given).toString();
}
