import { parse } from "node:querystring";
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
import { refuseJunkIn } from "#web/input.ts";

interface ListDeps {
  database: Database;
  clock: () => Date;
}

/** Whether it is the list that was chosen, and not rows of it. */
export const isOfAll = (req: Request): boolean => req.body.all !== undefined;

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
  const url = listUrlOf(req);
  if (!url) throw new BadRequest();
  const parameters = parse(url.search.slice(1));
  refuseJunkIn(parameters);
  const asked = { model: modelOf(req), actor: actorOf(req) };
  const { scope } = await askedList(deps, asked, parameters);
  return chooseAll(deps, scope);
}

/** The list the rows were chosen in, with its filters; nothing else is an address to go back to. */
export function listHrefOf(req: Request): string {
  const url = listUrlOf(req);
  // From a place in the list nothing may be left to see once it was done to all.
  if (isOfAll(req)) for (const name of ["after", "before"]) url?.searchParams.delete(name);
  return `/admin/${modelOf(req).name}${url?.search ?? ""}`;
}

/** A search, two names and a cursor, as long as they may be, in letters of any script. */
const longestQuery = 8000;

function listUrlOf(req: Request): URL | null {
  const here = "http://magpie.invalid";
  const url = URL.parse(String(req.body.back ?? ""), here);
  const isList = url?.href === `${here}/admin/${modelOf(req).name}${url?.search}`;
  return isList && url.search.length < longestQuery ? url : null;
}
