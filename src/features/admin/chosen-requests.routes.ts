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
export async function chosenRows(deps: ListDeps, req: Request): Promise<ChosenRows> {
  // What cannot be read of the address is refused: the list without it would have more rows.
  const { scope } = await listOf(deps, req, {});
  return isOfAll(req) ? chooseAll(deps, scope) : namedRows(deps, req);
}

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
  const place = isOfPart(req) ? (queryText(req, "after") ?? null) : null;
  return { rows: await readChosen(database, model, keys), of: null, place };
}

/** Between keys in one field: no key has it, and a form sends it as one character. */
export const keySeparator = " ";

/** Those of the list that come after a place. */
export async function rowsAfter(deps: ListDeps, req: Request, place: string): Promise<ChosenRows> {
  const { scope, query } = await listOf(deps, req, { after: place });
  return chooseAll(deps, scope, query.cursor);
}

const isOfPart = (req: Request): boolean => req.body?.part !== undefined;

/** @param at the place in it, for the one in the address */
function listOf(deps: ListDeps, req: Request, at: { after?: string }): Promise<AskedList> {
  const { before: _before, ...query } = req.query;
  const asked = { model: modelOf(req), actor: actorOf(req) };
  return askedList(deps, asked, at.after === undefined ? req.query : { ...query, ...at });
}

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
  const isOfMany = isOfAll(req) || isOfPart(req) || req.method !== "POST";
  if (isOfMany) for (const name of ["after", "before"]) query.delete(name);
  return query;
}

const hrefOf = (req: Request, path: string, query: URLSearchParams): string =>
  `/admin/${modelOf(req).name}${path}${query.size > 0 ? `?${query}` : ""}`;
