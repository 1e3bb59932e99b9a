import { type Request, type RequestHandler, type Response, Router } from "express";
import { actorOf } from "#features/admin/admin-access.routes.ts";
import type { AdminDeps } from "#features/admin/admin-deps.ts";
import { actionsFor, type ChosenAction, type ChosenRow } from "#features/admin/chosen-actions.ts";
import { pageSize } from "#features/admin/list-rows.queries.ts";
import { managedKeys } from "#features/admin/managed-rows.ts";
import type { RegisteredModel } from "#features/admin/model-admin.ts";
import { keyOf, keyText, parseKey } from "#features/admin/object-keys.ts";
import { modelOf } from "#features/admin/object-requests.routes.ts";
import { rowsOf } from "#features/admin/object-rows.ts";
import { runAction } from "#features/admin/run-action.ts";
import { BadRequest, NotFound } from "#lib/errors.ts";
import { counted } from "#lib/text.ts";
import type { Database } from "#platform/database.ts";
import { requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";

/** What is done to rows that were chosen in a list, after one question for all of them. */
export function bulkRoutes(deps: AdminDeps): Router {
  const router = Router();

  router.post("/admin/:model/actions", requireAction, requireCsrf, async (req, res) => {
    const model = modelOf(req);
    const back = listHrefOf(model, req);
    const rows = await chosenRows(deps.database, model, req);
    if (rows.length === 0 || !req.body.action) {
      const missing = rows.length === 0 ? model.many : "what to do with them";
      addFlash(req, `Choose ${missing} first.`, "notice");
      return res.redirect(303, back);
    }
    const action = actionsFor(model, actorOf(req)).find(({ name }) => name === req.body.action);
    if (!action) throw new NotFound();
    if (req.body.confirmed === undefined) return ask(deps, req, res, { action, rows, back });
    const { done, unchanged, refused } = await runAction(deps, { action, rows });
    if (done > 0) addFlash(req, action.done(counted(done, model.one, model.many)));
    if (unchanged > 0) {
      const count = counted(unchanged, model.one, model.many);
      addFlash(req, `${action.unchanged}: ${count}.`, "notice");
    }
    for (const [sentence, labels] of refused) {
      addFlash(req, `${enumerated(labels)}: ${sentence}`, "notice");
    }
    res.redirect(303, back);
  });

  return router;
}

/** To those who may do nothing to any row they see, the address is not there. */
const requireAction: RequestHandler = (req, _res, next) => {
  const [model, actor] = [modelOf(req), actorOf(req)];
  const isThere = actor.may(model.name, "view") && actionsFor(model, actor).length > 0;
  next(isThere ? undefined : new NotFound());
};

/** About those rows that are theirs: of others nothing is said but how many there are. */
async function ask(
  deps: AdminDeps,
  req: Request,
  res: Response,
  { action, back, ...chosen }: { action: ChosenAction; rows: ChosenRow[]; back: string },
): Promise<void> {
  const [model, actor] = [modelOf(req), actorOf(req)];
  const all = chosen.rows.map(({ key }) => key);
  const keys = await managedKeys(deps.database, { model, actor, keys: all });
  const rows = chosen.rows.filter(({ key }) => keys.includes(key));
  const leftOut = counted(all.length - rows.length, model.one, model.many);
  if (rows.length === 0) {
    addFlash(req, `Not yours to manage: ${leftOut}. Nothing is done.`, "notice");
    return res.redirect(303, back);
  }
  const count = counted(rows.length, model.one, model.many);
  res.render("admin/confirm-action", {
    chosen: {
      many: model.many,
      listHref: `/admin/${model.name}`,
      backHref: back,
      action: action.name,
      label: action.label,
      isDeletion: action.isDeletion,
      count,
      leftOut: rows.length < all.length ? leftOut : null,
      question: action.question(count),
      takesAlong: await action.takesAlong(deps, keys),
      rows: rows.map(({ key, label }) => ({ field: `row-${keyText(model, key)}`, label })),
    },
  });
}

const prefix = "row-";

/** In the order they were sent in, short of those that went meanwhile. @throws BadRequest, NotFound */
async function chosenRows(
  database: Database,
  model: RegisteredModel,
  req: Request,
): Promise<ChosenRow[]> {
  const texts = Object.keys(req.body).flatMap((name) =>
    name.startsWith(prefix) ? [name.slice(prefix.length)] : [],
  );
  if (texts.length > pageSize) throw new BadRequest("No page of ours lets choose that many.");
  if (texts.length === 0) return [];
  const rows = await rowsOf(database, model).findMany({
    where: { OR: texts.map((text) => parseKey(database, model, text)) },
    select: model.select,
  });
  const byKey = new Map(
    rows.map((row) => {
      const key = keyOf(model, row);
      return [keyText(model, key), { key, label: model.label(row as never) }];
    }),
  );
  return texts.flatMap((text) => byKey.get(text) ?? []);
}

/** The list the rows were chosen in, with its filters; nothing else is an address to go back to. */
function listHrefOf(model: RegisteredModel, req: Request): string {
  const path = `/admin/${model.name}`;
  const here = "http://magpie.invalid";
  const back = URL.parse(String(req.body.back ?? ""), here);
  const isList = back?.origin === here && back.pathname === path;
  if (isList && back.search.length < 2000) return `${path}${back.search}`;
  return path;
}

const mostNamed = 5;

/** “ana”, “ben” and 3 more */
function enumerated(labels: readonly string[]): string {
  const named = labels.slice(0, mostNamed).map((label) => `“${label}”`);
  const more = labels.length - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
