import type { Request, RequestHandler, Response } from "express";
import { actorOf, requireRightsTo } from "#features/admin/admin-access.routes.ts";
import { readListQuery } from "#features/admin/back-to-list.ts";
import { isManaged } from "#features/admin/managed-rows.ts";
import type { Key, RegisteredModel } from "#features/admin/model-admin.ts";
import { parseKey } from "#features/admin/object-keys.ts";
import { modelNamed } from "#features/admin/registry.ts";
import type { Right } from "#features/admin/rights.ts";
import { Conflict, Forbidden, NotFound } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";
import { fieldErrors } from "#web/form-errors.ts";
import { queryText } from "#web/input.ts";
import { wantsJson } from "#web/negotiation.ts";

/** The model an address names. @throws NotFound */
export const modelOf = (req: Request): RegisteredModel => modelNamed(String(req.params["model"]));

/** The row an address names, which may not be there. @throws NotFound for what names none */
export const askedKey = ({ database }: { database: Database }, req: Request): Key =>
  parseKey(database, modelOf(req), String(req.params["key"]));

/** The query of the list that somebody came from, empty for none. */
export const listQueryOf = (
  deps: { database: Database; clock: () => Date },
  req: Request,
): string =>
  readListQuery(deps, { model: modelOf(req), actor: actorOf(req) }, queryText(req, "list"));

/** To those who may not do all of this, the page is not there. */
export const requireRights = (...needed: Right[]): RequestHandler =>
  requireRightsTo((req) => modelOf(req).name, needed);

/** The same for a row that is not theirs to manage. */
export const requireManagedRow =
  (deps: { database: Database }): RequestHandler =>
  async (req, _res, next) => {
    const row = { model: modelOf(req), actor: actorOf(req), key: askedKey(deps, req) };
    next((await isManaged(deps.database, row)) ? undefined : new NotFound());
  };

/** The sentences for a page that is shown again, with the status of its answer set; rethrows all others. */
export function refusalOf(
  error: unknown,
  { req, res }: { req: Request; res: Response },
): Readonly<Record<string, string>> {
  const isRefusal = error instanceof Conflict || error instanceof Forbidden;
  if (!isRefusal || wantsJson(req)) return fieldErrors(error, { req, res, limitField: "form" });
  res.status(error instanceof Conflict ? 409 : 403);
  return { form: error.message };
}
