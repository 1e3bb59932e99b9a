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
  rowsAfter,
} from "#features/admin/chosen-requests.routes.ts";
import type { ChosenRows } from "#features/admin/chosen-rows.queries.ts";
import { countWords } from "#features/admin/count-rows.ts";
import { pageSize } from "#features/admin/list-rows.queries.ts";
import { managedKeys } from "#features/admin/managed-rows.ts";
import { keyText } from "#features/admin/object-keys.ts";
import { modelOf } from "#features/admin/object-requests.routes.ts";
import { type Outcome, runAction } from "#features/admin/run-action.ts";
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
    const chosen = await chosenRows(deps, req);
    const isEmpty = chosen.rows.length === 0 && chosen.place === null;
    if (isEmpty || !req.body.action) {
      const missing = isEmpty ? modelOf(req).many : "what to do with them";
      addFlash(req, `Choose ${missing} first.`, "notice");
      return res.redirect(303, listHrefOf(req));
    }
    const [model, actor] = [modelOf(req), actorOf(req)];
    const action = actionsFor(model, actor).find(({ name }) => name === req.body.action);
    if (!action) throw new NotFound();
    // Which rows a list has is never taken for known: whoever says yes has seen them.
    const isAsked = req.body.confirmed === undefined || isOfAll(req);
    if (isAsked) return ask(deps, req, res, { action, ...chosen });
    const outcome = await runAction(deps, { actor, model, action, rows: chosen.rows });
    tell(req, action, outcome);
    if (outcome.brokenBy) throw outcome.brokenBy;
    await ask(deps, req, res, { action, ...chosen, rows: outcome.left, isNext: true });
  });

  return router;
}

function tell(req: Request, action: ChosenAction, { done, unchanged, refused }: Outcome): void {
  const { one, many } = modelOf(req);
  if (done > 0) addFlash(req, action.done(counted(done, one, many)));
  if (unchanged > 0) {
    addFlash(req, `${action.unchanged}: ${counted(unchanged, one, many)}.`, "notice");
  }
  for (const [sentence, labels] of refused) {
    addFlash(req, `${enumerated(labels)}: ${sentence}`, "notice");
  }
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
  { action, isNext = false, ...chosen }: Question,
): Promise<void> {
  const model = modelOf(req);
  const { rows, others, of, place } = await findManaged(deps, req, chosen);
  const leftOut = counted(others, model.one, model.many);
  if (rows.length === 0) {
    const end = isNext ? "" : " Nothing is done.";
    if (others > 0) addFlash(req, `Not yours to manage: ${leftOut}.${end}`, "notice");
    return res.redirect(303, listHrefOf(req));
  }
  const count = counted(rows.length, model.one, model.many);
  if (isNext) addFlash(req, `Go on below with the next: ${count}.`, "notice");
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
      part: of && { count: rows.length + others, of: countWords(model, of) },
      leftOut: others > 0 ? leftOut : null,
      question: action.question(count),
      takesAlong: await action.takesAlong(
        deps,
        rows.map(({ key }) => key),
      ),
      labels: rows.slice(0, pageSize).map(({ label }) => label),
      more: Math.max(0, rows.length - pageSize),
      // Those that are asked about, whatever the list has when the answer comes.
      keys: rows.map(({ key }) => keyText(model, key)).join(keySeparator),
    },
  });
}

interface Question extends ChosenRows {
  action: ChosenAction;
  /** Whether others were done before these. */
  isNext?: boolean;
}

/** Those rows that are theirs to manage, or of the next part that has any, and how many others. */
async function findManaged(
  deps: AdminDeps,
  req: Request,
  chosen: ChosenRows,
): Promise<ChosenRows & { others: number }> {
  const [model, actor] = [modelOf(req), actorOf(req)];
  let others = 0;
  for (let part = chosen; ; part = await rowsAfter(deps, req, part.place)) {
    const keys = part.rows.map(({ key }) => key);
    const managed = new Set(await managedKeys(deps.database, { model, actor, keys }));
    const rows = part.rows.filter(({ key }) => managed.has(key));
    others += keys.length - rows.length;
    if (rows.length > 0 || part.place === null) return { ...part, rows, others };
  }
}

const mostNamed = 5;

/** “ana”, “ben” and 3 more */
function enumerated(labels: readonly string[]): string {
  const named = labels.slice(0, mostNamed).map((label) => `“${label}”`);
  const more = labels.length - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
