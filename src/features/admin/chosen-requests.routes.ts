import type { Request } from "express";
import { actorOf } from "#features/admin/admin-access.routes.ts";
import { askedList } from "#features/admin/asked-list.ts";
import {
  type ChosenRows,
  chooseAll,
  mostChosen,
  readChosen,
} from "#features/admin/chosen-rows.queries.ts";
import { parseKey } from "#features/admin/object-keys.ts";
import { modelOf } from "#features/admin/object-requests.routes.ts";
import { BadRequest } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";

interface ListDeps {
  database: Database;
  clock: () => Date;
}

/** Whether it is the list that was chosen, and not rows of it. */
export const isOfAll = (req: Request): boolean => req.body?.all !== undefined;

/** Rows by their boxes, those of a question by their keys, or the list. @throws BadRequest, NotFound */
export const chosenRows = (deps: ListDeps, req: Request): Promise<ChosenRows> =>
  isOfAll(req) ? rowsOfList(deps, req) : namedRows(deps, req);

const prefix = "row-";

async function namedRows({ database }: ListDeps, req: Request): Promise<ChosenRows> {
  const model = modelOf(req);
  const boxes = Object.keys(req.body).filter((name) => name.startsWith(prefix));
  const texts = new Set([
    ...boxes.map((name) => name.slice(prefix.length)),
    ...(req.body.keys?.split(keySeparator) ?? []),
  ]);
  if (texts.size > mostChosen) throw new BadRequest("No page of ours lets choose that many.");
  const keys = [...texts].map((text) => parseKey(database, model, text));
  return readChosen(database, model, keys);
}

/** Between keys in one field: no key has it, and a form sends it as one character. */
export const keySeparator = " ";

/** What cannot be read of the address is refused: the list without it would have more rows. */
async function rowsOfList(deps: ListDeps, req: Request): Promise<ChosenRows> {
  const asked = { model: modelOf(req), actor: actorOf(req) };
  const { scope } = await askedList(deps, asked, req.query);
  return chooseAll(deps, scope);
}

/** The list the rows were chosen in: this address has its query. */
export const listHrefOf = (req: Request): string => `/admin/${modelOf(req).name}${queryOf(req)}`;

/** This address, as an answer to its question leads to it. */
export const actionsHrefOf = (req: Request): string =>
  `/admin/${modelOf(req).name}/actions${queryOf(req)}`;

function queryOf(req: Request): string {
  const query = new URLSearchParams(req.query as Record<string, string>);
  // From a place in the list nothing may be left to see once it was done to all.
  if (isOfAll(req)) for (const name of ["after", "before"]) query.delete(name);
  return query.size > 0 ? `?${query}` : "";
}
