import { type Request, type Response, Router } from "express";
import { actorOf } from "#features/admin/admin-access.routes.ts";
import type { AdminDeps } from "#features/admin/admin-deps.ts";
import { fieldsOf, readTyped } from "#features/admin/form-fields.ts";
import { parseChangeId } from "#features/admin/history.queries.ts";
import type { Form, RegisteredModel } from "#features/admin/model-admin.ts";
import { keyText } from "#features/admin/object-keys.ts";
import {
  askedKey,
  modelOf,
  refusalOf,
  requireManagedRow,
  requireRights,
} from "#features/admin/object-requests.routes.ts";
import { readNewForm, readObject } from "#features/admin/read-object.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import {
  addObject,
  ChangedMeanwhile,
  changeObject,
  type Saved,
} from "#features/admin/save-object.ts";
import { NotFound } from "#lib/errors.ts";
import { requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";

/** The form of every registered model: for a new row, and for one that is there. */
export function objectsRoutes(deps: AdminDeps): Router {
  const router = Router();

  router
    .route("/admin/:model/new")
    .get(requireRights("add"), async (req, res) => {
      const { form, actor, model } = requestOf(req);
      if (!form?.add) throw new NotFound();
      res.render("admin/form", { object: await readNewForm(deps, { model, form, actor }) });
    })
    .post(requireRights("add"), requireCsrf, (req, res) => add(deps, req, res));

  router
    .route("/admin/:model/:key")
    .get(requireRights("view"), async (req, res) => {
      const { model, actor } = requestOf(req);
      const key = askedKey(deps, req);
      res.render("admin/form", { object: await readObject(deps, { model, actor, key }) });
    })
    .post(requireRights("view", "change"), requireManagedRow(deps), requireCsrf, (req, res) =>
      change(deps, req, res),
    );

  return router;
}

const requestOf = (req: Request) => {
  const model = modelOf(req);
  return { model, form: model.form as Form | undefined, actor: actorOf(req) };
};

async function add(deps: AdminDeps, req: Request, res: Response): Promise<void> {
  const { model, form, actor } = requestOf(req);
  if (!form?.add) throw new NotFound();
  const fields = await fieldsOf(deps, form, { actor, isNew: true });
  const typed = await readTyped(deps, fields, req.body ?? {});
  let saved: Saved;
  try {
    saved = await addObject(deps, { actor, model, form, fields, typed });
  } catch (error) {
    const attempt = { typed, errors: refusalOf(error, { req, res }) };
    const object = await readNewForm(deps, { model, form, actor, attempt });
    return res.render("admin/form", { object });
  }
  answer(req, res, { model, actor, saved });
}

async function change(deps: AdminDeps, req: Request, res: Response): Promise<void> {
  const { model, form, actor } = requestOf(req);
  if (!form?.change) throw new NotFound();
  const key = askedKey(deps, req);
  const fields = await fieldsOf(deps, form, { actor, isNew: false });
  const typed = await readTyped(deps, fields, req.body ?? {});
  const [version = "", since] = String(req.body?.version ?? "").split(".");
  let saved: Saved;
  try {
    saved = await changeObject(deps, { actor, model, form, fields, typed, key, version });
  } catch (error) {
    const errors = refusalOf(error, { req, res });
    const isStale = error instanceof ChangedMeanwhile;
    const attempt = { typed, errors, version, since: parseChangeId(since), isStale };
    const object = await readObject(deps, { model, actor, key, attempt });
    return res.render("admin/form", { object });
  }
  answer(req, res, { model, actor, saved });
}

const outcomes = {
  added: "is added.",
  changed: "is saved.",
  unchanged: "is as it was: you changed nothing.",
} as const;

/** Back to the list, or once more to the row. */
function answer(
  req: Request,
  res: Response,
  { model, actor, saved }: { model: RegisteredModel; actor: AdminActor; saved: Saved },
): void {
  const { key, label, was } = saved;
  addFlash(req, `“${label}” ${outcomes[was]}`, was === "unchanged" ? "notice" : "success");
  const list = actor.may(model.name, "view") ? `/admin/${model.name}` : "/admin";
  const goesOn = req.body.continue !== undefined && actor.may(model.name, "view");
  res.redirect(303, goesOn ? `${list}/${keyText(model, key)}` : list);
}
