import { type Request, type Response, Router } from "express";
import { actorOf } from "#features/admin/admin-access.routes.ts";
import type { AdminDeps } from "#features/admin/admin-deps.ts";
import { fromList, listHref } from "#features/admin/back-to-list.ts";
import { keyText } from "#features/admin/object-keys.ts";
import {
  askedKey,
  listQueryOf,
  modelOf,
  refusalOf,
  requireManagedRow,
  requireRights,
} from "#features/admin/object-requests.routes.ts";
import { findRow } from "#features/admin/object-rows.ts";
import { removeObject } from "#features/admin/remove-object.ts";
import { gone } from "#features/admin/save-object.ts";
import { NotFound } from "#lib/errors.ts";
import { quoted } from "#lib/text.ts";
import { tryAgain } from "#platform/database.ts";
import { requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";

/** Asks before a row goes with all that belongs to it. */
export function removalRoutes(deps: AdminDeps): Router {
  const router = Router();
  router
    .route("/admin/:model/:key/delete")
    .get(requireRights("view", "delete"), requireManagedRow(deps), (req, res) =>
      ask(deps, req, res),
    )
    .post(
      requireRights("view", "delete"),
      requireManagedRow(deps),
      requireCsrf,
      async (req, res) => {
        const { model, key, label } = await rowIn(deps, req);
        const actor = actorOf(req);
        try {
          await tryAgain(() => removeObject(deps, { actor, model, key, label }));
        } catch (error) {
          return ask(deps, req, res, refusalOf(error, { req, res }));
        }
        addFlash(req, `${quoted(label)} is deleted.`);
        res.redirect(303, listHref(model, listQueryOf(deps, req)));
      },
    );
  return router;
}

async function rowIn(deps: AdminDeps, req: Request) {
  const model = modelOf(req);
  if (!model.remove) throw new NotFound();
  const key = askedKey(deps, req);
  const row = await findRow(deps.database, model, key);
  if (!row) throw gone(model);
  return { model, remove: model.remove, key, label: model.label(row) };
}

async function ask(
  deps: AdminDeps,
  req: Request,
  res: Response,
  errors: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { model, remove, key, label } = await rowIn(deps, req);
  const listQuery = listQueryOf(deps, req);
  const href = `/admin/${model.name}/${keyText(model, key)}`;
  res.render("admin/delete", {
    object: {
      one: model.one,
      many: model.many,
      label,
      quoted: quoted(label),
      listHref: listHref(model, listQuery),
      backHref: fromList(href, listQuery),
      action: fromList(`${href}/delete`, listQuery),
      instead: remove.instead?.(actorOf(req), key) ?? null,
      takesAlong: await remove.summary(deps, [key]),
      refusal: Object.values(errors).join(" "),
    },
  });
}
