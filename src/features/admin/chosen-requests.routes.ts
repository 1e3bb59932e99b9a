import type { Request } from "express";
import { actorOf } from "#features/admin/admin-access.routes.ts";
import { type AskedList, askedList } from "#features/admin/asked-list.ts";
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
import { queryText } from "#web/input.ts";

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
const rowsOfList = async (deps: ListDeps, req: Request): Promise<ChosenRows> =>
  chooseAll(deps, (await listOf(deps, req)).scope);

/** Those of the list that come after the ones of this question; none where that asked about all. */
export async function rowsToGoOn(deps: ListDeps, req: Request): Promise<ChosenRows> {
  if (!isOfPart(req)) return { rows: [], place: null, of: null };
  const { scope, query } = await listOf(deps, req);
  return chooseAll(deps, scope, query.cursor);
}

/** Where rows of this question were not reached, it goes on after them at the same place. */
export const placeAfter = (req: Request): string | null =>
  isOfPart(req) ? (queryText(req, "after") ?? null) : null;

const isOfPart = (req: Request): boolean => req.body?.part !== undefined;

const listOf = (deps: ListDeps, req: Request): Promise<AskedList> =>
  askedList(deps, { model: modelOf(req), actor: actorOf(req) }, req.query);

/** The list the rows were chosen in: this address has its query. */
export const listHrefOf = (req: Request): string => hrefOf(req, "", listQueryOf(req));

/** The address that an answer to its question is sent to. @param place where it goes on afterwards */
export function actionsHrefOf(req: Request, place: string | null): string {
  const query = listQueryOf(req);
  if (place) query.set("after", place);
  return hrefOf(req, "/actions", query);
}

function listQueryOf(req: Request): URLSearchParams {
  const query = new URLSearchParams(req.query as Record<string, string>);
  // From a place in the list nothing may be left to see once it was done to all.
  if (isOfAll(req) || isOfPart(req)) for (const name of ["after", "before"]) query.delete(name);
  return query;
}

const hrefOf = (req: Request, path: string, query: URLSearchParams): string =>
  `/admin/${modelOf(req).name}${path}${query.size > 0 ? `?${query}` : ""}`;
