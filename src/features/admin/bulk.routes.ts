import { type Request, type RequestHandler, type Response, Router } from "express";
import { actorOf } from "#features/admin/admin-access.routes.ts";
import type { AdminDeps } from "#features/admin/admin-deps.ts";
import { actionsFor, type ChosenAction } from "#features/admin/chosen-actions.ts";
import {
  actionsHrefOf,
  chosenRows,
  isOfAll,
  keySeparator,
  listHrefOf,
  placeAfter,
  rowsToGoOn,
} from "#features/admin/chosen-requests.routes.ts";
import type { ChosenRows } from "#features/admin/chosen-rows.queries.ts";
import { countWords } from "#features/admin/count-rows.ts";
import { pageSize } from "#features/admin/list-rows.queries.ts";
import { managedKeys } from "#features/admin/managed-rows.ts";
import { keyText } from "#features/admin/object-keys.ts";
import { modelOf } from "#features/admin/object-requests.routes.ts";
import { runAction } from "#features/admin/run-action.ts";
import { NotFound } from "#lib/errors.ts";
import { counted } from "#lib/text.ts";
import { requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";

/** What is done to rows that were chosen in a list, after one question for all of them. */
export function bulkRoutes(deps: AdminDeps): Router {
  const router = Router();

  // Whoever is asked for a password between question and answer comes back to this address.
  router.get("/admin/:model/actions", requireAction, (req, res) => {
    res.redirect(303, listHrefOf(req));
  });

  router.post("/admin/:model/actions", requireAction, requireCsrf, async (req, res) => {
    const model = modelOf(req);
    const chosen = await chosenRows(deps, req);
    const { rows } = chosen;
    if (rows.length === 0 || !req.body.action) {
      const missing = rows.length === 0 ? model.many : "what to do with them";
      addFlash(req, `Choose ${missing} first.`, "notice");
      return res.redirect(303, listHrefOf(req));
    }
    const action = actionsFor(model, actorOf(req)).find(({ name }) => name === req.body.action);
    if (!action) throw new NotFound();
    // Which rows a list has is never taken for known: whoever says yes has seen them.
    const isAsked = req.body.confirmed === undefined || isOfAll(req);
    if (isAsked) return ask(deps, req, res, { action, ...chosen });
    const outcome = await runAction(deps, { actor: actorOf(req), model, action, rows });
    const { done, unchanged, refused, left } = outcome;
    if (done > 0) addFlash(req, action.done(counted(done, model.one, model.many)));
    if (unchanged > 0) {
      const count = counted(unchanged, model.one, model.many);
      addFlash(req, `${action.unchanged}: ${count}.`, "notice");
    }
    for (const [sentence, labels] of refused) {
      addFlash(req, `${enumerated(labels)}: ${sentence}`, "notice");
    }
    const next =
      left.length > 0
        ? { rows: left, of: null, place: placeAfter(req) }
        : await rowsToGoOn(deps, req);
    if (next.rows.length === 0) return res.redirect(303, listHrefOf(req));
    const number = counted(next.rows.length, model.one, model.many);
    addFlash(req, `Go on below with the next: ${number}.`, "notice");
    await ask(deps, req, res, { action, ...next });
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
  { action, of, place, ...chosen }: { action: ChosenAction } & ChosenRows,
): Promise<void> {
  const [model, actor] = [modelOf(req), actorOf(req)];
  const all = chosen.rows.map(({ key }) => key);
  const managed = new Set(await managedKeys(deps.database, { model, actor, keys: all }));
  const rows = chosen.rows.filter(({ key }) => managed.has(key));
  const leftOut = counted(all.length - rows.length, model.one, model.many);
  if (rows.length === 0) {
    const part = of ? `${all.length} of ${countWords(model, of)}` : leftOut;
    addFlash(req, `Not yours to manage: ${part}. Nothing is done.`, "notice");
    return res.redirect(303, listHrefOf(req));
  }
  const count = counted(rows.length, model.one, model.many);
  res.render("admin/confirm-action", {
    chosen: {
      many: model.many,
      formHref: actionsHrefOf(req, place),
      isPart: place !== null,
      backHref: listHrefOf(req),
      action: action.name,
      label: action.label,
      isDeletion: action.isDeletion,
      count,
      part: of && { count: all.length, of: countWords(model, of) },
      leftOut: rows.length < all.length ? leftOut : null,
      question: action.question(count),
      takesAlong: await action.takesAlong(deps, [...managed]),
      labels: rows.slice(0, pageSize).map(({ label }) => label),
      more: Math.max(0, rows.length - pageSize),
      // Those that are asked about, whatever the list has when the answer comes.
      keys: rows.map(({ key }) => keyText(model, key)).join(keySeparator),
    },
  });
}

const mostNamed = 5;

/** “ana”, “ben” and 3 more */
function enumerated(labels: readonly string[]): string {
  const named = labels.slice(0, mostNamed).map((label) => `“${label}”`);
  const more = labels.length - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
